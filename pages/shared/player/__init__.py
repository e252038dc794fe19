"""The player: animated figures in the browser."""
