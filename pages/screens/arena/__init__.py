"""The arena: races of strategies on two-dimensional data."""
