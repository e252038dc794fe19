"""The parts of the failure clinic's screen."""
