"""From the rounds of a run to a curve, its statistics, a figure and a file.

Import the module that is needed: `curves` (pandas only), `palette`, `figures` (plotly), `print` (matplotlib)
or `export`. This package imports none of them by itself, so that a curve costs no drawing library.
"""
