"""Parts of the arena's screen."""
