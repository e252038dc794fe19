"""A project's model: its features, its training in the background, and what it says of items."""
