"""The parts of the strategy atlas: the entries, the simplex, and two kinds of doubt."""
