"""Files to take away: CSV, JSON, HTML, PNG, SVG, PDF."""
