"""The parts of the batch explorer's screen."""
