"""The parts of the screen of the three settings."""
