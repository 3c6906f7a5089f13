"""Tests of the pure rules of commitments."""
