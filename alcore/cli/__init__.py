"""The command line: `python -m alcore`, or `alcore` once installed."""
