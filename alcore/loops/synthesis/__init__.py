"""Membership query synthesis."""
