"""Benchmarks: each module prints its table when run; `make bench` runs them in turn."""
