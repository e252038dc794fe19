"""HTML fragments that need no chart library."""
