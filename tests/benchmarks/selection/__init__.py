"""Time and memory of strategies."""
