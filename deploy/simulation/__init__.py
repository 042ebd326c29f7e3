"""A year of a region: plausible lives, decided by the services' own rules in simulated time."""
