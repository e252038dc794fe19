"""Promises of labelling projects, over thousands of simulated ones, and what survives kills and a full disk."""
