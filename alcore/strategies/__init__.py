"""Which points to ask about: pure functions of arrays, and the catalogue of them."""
