"""Shared parts of the screens: page frame, address, controls, export, progress, browser properties."""
