"""Persons, organisations, roles and consents; it signs people in and says who they are."""
