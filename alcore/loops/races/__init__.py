"""Strategies raced against one another on paired seeds."""
