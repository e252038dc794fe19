"""A run: started, steered and followed live."""
