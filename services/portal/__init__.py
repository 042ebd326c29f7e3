"""The portal: web pages over the other services' HTTP APIs; it keeps nothing and decides nothing."""
