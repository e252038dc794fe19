"""The content of the screens, a folder per screen."""
