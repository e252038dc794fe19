"""The strategy that every comparison contains and the others are compared with."""

BASELINE = "random"
