"""Label spreading on a neighbour graph."""
