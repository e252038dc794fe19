"""Parts of the failure clinic's screen."""
