"""Batch explorer."""

from pages.shared import frame

frame.page("batch_explorer", "Batch explorer", "This screen is being built.", icon=":material/science:")
