"""Mending a catalog: named, previewable steps that can be undone."""
