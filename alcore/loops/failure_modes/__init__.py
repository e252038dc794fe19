"""Where active learning fails, what it costs, and the remedies."""
