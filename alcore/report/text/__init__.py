"""Comparisons in sentences."""
