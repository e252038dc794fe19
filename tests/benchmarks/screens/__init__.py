"""Waiting times of the screens."""
