"""Where the points come from: synthetic 2-D data, scikit-learn's digits, and MNIST and its relatives."""
