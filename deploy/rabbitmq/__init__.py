"""The broker's definitions document, and what it is written from."""
