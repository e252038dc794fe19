"""Batches of large pools: seconds and peak memory of whole processes, as the operating system measures them."""
