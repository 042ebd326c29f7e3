"""What a user would pick instead, measured beside ours: installed only by `make bench-peers`, into .local/peers."""
