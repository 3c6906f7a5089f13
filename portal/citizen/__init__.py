"""What a person has here: applications, certificates, letters."""
