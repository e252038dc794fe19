"""Home."""

from pages.shared import frame

frame.page("home", "Active learning lab", "Hello.", icon=":material/science:")
