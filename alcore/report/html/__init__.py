"""Pieces of HTML that need no chart library."""
