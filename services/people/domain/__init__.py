"""The rules of people, free of any clock, store or network."""
