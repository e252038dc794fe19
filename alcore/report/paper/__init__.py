"""Charts for PNG, SVG and PDF files, drawn with matplotlib."""
