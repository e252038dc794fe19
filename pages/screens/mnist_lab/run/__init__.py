"""Starting, controlling and following a run."""
