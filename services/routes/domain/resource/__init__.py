"""The navigator of educational resources, entry by entry."""
