"""One teacher's route, decided stage by stage as the regulation tells (p. 2.3)."""
