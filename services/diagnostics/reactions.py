"""What others' promises make diagnostics do: nothing; its only reaction, in judging.py, is to its own facts."""
