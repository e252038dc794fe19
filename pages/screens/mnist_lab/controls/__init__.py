"""Controls of an experiment's configuration."""
