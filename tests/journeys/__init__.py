"""Whole applications through the doors, by clients without a browser."""
