"""The content of each screen, one folder a screen."""
