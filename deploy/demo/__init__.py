"""The demonstration: a small fictitious region and one route walked through the public HTTP APIs."""
