"""The arena's player: its markup, styles and scripts, and an animation as a page of its own."""
