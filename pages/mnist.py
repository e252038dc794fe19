"""MNIST lab."""

from pages.shared import frame

frame.page("mnist", "MNIST lab", "This screen is being built.", icon=":material/science:")
