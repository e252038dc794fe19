"""The parts of the arena's screen."""
