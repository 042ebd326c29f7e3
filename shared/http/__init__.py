"""How services speak HTTP: one form of every "no", one form of every command, one reading of access tokens."""
