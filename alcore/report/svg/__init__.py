"""Maps as SVG that redraw in the browser."""
