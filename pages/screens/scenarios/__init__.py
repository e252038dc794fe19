"""Pool-based sampling, stream-based selective sampling and membership query synthesis side by side."""
