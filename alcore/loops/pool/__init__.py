"""Pool-based active learning: the simulated loop and its evaluation."""
