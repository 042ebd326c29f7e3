"""Routes: the individual educational routes of teachers, from the invitation to the agreed conclusion."""
