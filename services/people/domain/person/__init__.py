"""A person: who they are (information section of p. 2.5), which roles they hold, what they consented to."""
