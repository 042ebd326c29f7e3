"""Everything that makes the suite run: private servers, runner, command line, demo, container image."""
