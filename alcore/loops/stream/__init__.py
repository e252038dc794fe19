"""Stream-based selective sampling."""
