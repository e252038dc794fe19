"""The arena's animated figure."""
