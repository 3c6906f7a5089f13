"""What the applicant promised, and its checking afterwards."""
