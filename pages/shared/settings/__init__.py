"""Parts of the scenarios' screen."""
