"""A round of a run: its images, maps and diagnostics."""
