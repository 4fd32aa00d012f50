"""Judging: metrics, confusion and reports."""
