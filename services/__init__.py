"""The suite's services; none of them imports another."""
