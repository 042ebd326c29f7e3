"""What others' promises make people do: nothing."""
