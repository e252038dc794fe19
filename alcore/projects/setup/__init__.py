"""How projects come about: their names, what a file suggests, and the making."""
