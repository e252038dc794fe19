"""Long jobs: what a run is, the store that keeps it, and the process that carries it out."""
