"""The stored part of a labelling project: its settings, its items and the log of answers, in one SQLite file."""

from alcore.projects.store.file import FILE, LEASE_SECONDS, ProjectStore
from alcore.projects.store.records import Annotator, BulkStep, Handed, Operation, Receipt

__all__ = ["FILE", "LEASE_SECONDS", "Annotator", "BulkStep", "Handed", "Operation", "ProjectStore", "Receipt"]
