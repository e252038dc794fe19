"""Distances, clusters and neighbourhoods of points, as strategies of coverage need them."""
