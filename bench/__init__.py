"""Benchmarks: one command a table, `make bench` for all of them."""
