"""Several annotators: whose label counts how much, and what is to be labelled again."""
