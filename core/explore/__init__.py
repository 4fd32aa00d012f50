"""Seeing: projections and maps."""
