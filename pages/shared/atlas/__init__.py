"""Parts of the strategy atlas: entries, simplex, and uncertainty decomposition."""
