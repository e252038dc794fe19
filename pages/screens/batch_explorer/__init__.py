"""The batch explorer: uncertainty against diversity."""
