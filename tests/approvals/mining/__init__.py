"""Tests of process mining."""
