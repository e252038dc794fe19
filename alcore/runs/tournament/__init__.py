"""Tournaments: many data sets, learners and strategies, in parallel and resumable."""
