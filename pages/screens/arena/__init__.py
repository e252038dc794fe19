"""The arena: strategies raced on two-dimensional data."""
