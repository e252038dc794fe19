"""The lab's configuration of an experiment."""
