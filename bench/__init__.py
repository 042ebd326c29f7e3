"""Measurements, printed as ratios of things measured in one run, because machines are noisy and ratios are not."""
