"""Maps as SVG, redrawn in the browser."""
