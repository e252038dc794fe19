"""The failure clinic: failure modes of active learning and their remedies."""
