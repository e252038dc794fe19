"""Active learning: which points to have labelled, how a model learns from them, and whether it paid.

Importing this package loads no numerical library; import the part that is needed, for example
`from alcore.strategies.catalogue import STRATEGIES`.
"""

__version__ = "0.1.0"
