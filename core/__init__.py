"""ShelfLens: the workbench for product pictures, as a plain Python package."""

__version__ = "0.1.0"
