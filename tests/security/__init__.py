"""Tests of what an attacker would send."""
