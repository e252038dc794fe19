"""Exported files: CSV, JSON, HTML, PNG, SVG, PDF."""
