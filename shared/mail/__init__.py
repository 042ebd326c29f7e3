"""Mail handed to a server in two steps, with headers nobody can smuggle anything into."""
