"""What screens ask, one file each: frozen rows out."""
