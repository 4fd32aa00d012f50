"""Measures against peers: each prints a table, and JSON with --json."""
