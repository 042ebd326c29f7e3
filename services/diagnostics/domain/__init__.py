"""The rules of diagnostics, free of any clock, store or network."""
