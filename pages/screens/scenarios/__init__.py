"""Pool-based, stream-based and query synthesis side by side."""
