"""Machine annotators that answer over the network: chat endpoints that the server's owner has listed."""
