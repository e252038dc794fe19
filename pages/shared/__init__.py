"""What the screens share: the page frame, controls bound to the address, export, the reader's screen."""
