"""Mistakes in the catalog: finding them, deciding about them, and writing what was decided."""
