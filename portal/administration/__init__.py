"""The administration: accounts of staff, what was done with them, and who may do what."""
