"""Schools and staff from a file: read within limits, checked whole, then written so that it may be repeated."""
