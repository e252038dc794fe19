"""The parts of the tournament's screen: what to race, watching it, what came of it."""
