"""What an organisation has here, whoever of its people applied."""
