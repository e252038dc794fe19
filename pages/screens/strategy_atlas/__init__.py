"""The strategy atlas."""
