"""Certificates: what a teacher gets for a completed route, printed once, checked by anybody, revoked with a reason."""
