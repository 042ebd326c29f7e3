"""The part of other services' promises that people reads: none, it is told by persons."""
