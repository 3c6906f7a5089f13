"""The catalogue: what may be applied for, as data."""
