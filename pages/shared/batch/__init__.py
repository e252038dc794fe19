"""Parts of the batch explorer's screen."""
