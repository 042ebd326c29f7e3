"""The part of other services' promises that diagnostics reads: none, it only measures what it is asked to."""
