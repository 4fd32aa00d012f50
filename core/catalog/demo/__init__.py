"""The embedded demo: a catalog drawn by our own generator, the same for the same seed, with planted truths."""
