"""Diagnostics: what a teacher's competencies were at the start, what they are at the end, and whether that differs."""
