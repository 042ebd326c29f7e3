"""What a notice is and may become, without any mail server in sight."""
