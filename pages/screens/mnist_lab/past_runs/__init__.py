"""Stored runs: listed and compared."""
