"""Charts described once, as data; `interactive.render` draws them with plotly, `paper.render` with matplotlib."""
