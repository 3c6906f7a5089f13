"""The trail, hash-chained: append and verify."""
