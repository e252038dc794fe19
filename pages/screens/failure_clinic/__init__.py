"""The failure clinic."""
