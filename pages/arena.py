"""Arena."""

from pages.shared import frame

frame.page("arena", "Arena", "This screen is being built.", icon=":material/science:")
