"""What the people of a region do, stage by stage, told in the words of the public API."""
