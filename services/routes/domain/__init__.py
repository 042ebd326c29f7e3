"""The rules of routes, pure: no waiting, no clock, no randomness, no input or output."""
