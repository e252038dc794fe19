"""Logistic regression fitted by Newton steps, one problem or many at a time."""
