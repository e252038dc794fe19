"""The parts of the MNIST lab: what to run, the data, watching a run, its questions, past runs."""
