"""Two-dimensional data sets: shapes, generators, corruptions, drift and the Bayes boundary."""
