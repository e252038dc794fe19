"""Errors of runs, as sentences for the user."""

from alcore.storage.errors import StoreError


class UnknownRunError(StoreError):
    """No run has this id."""


class DamagedRunError(StoreError):
    """Stored data of a run differs from the data written."""
