"""Notifications: everybody learns of what concerns them, once, and every attempt is on record."""
