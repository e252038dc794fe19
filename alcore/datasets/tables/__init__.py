"""Tables of a user's own: encoding, separators, numerals and labels."""
