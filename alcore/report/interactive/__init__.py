"""Charts for the screen and for HTML files, drawn with plotly."""
