"""Files in the home folder: SQLite databases, locks between processes, checked paths."""
