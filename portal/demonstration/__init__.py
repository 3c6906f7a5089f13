"""Invented people, files and applications, only where demonstration mode is on."""
