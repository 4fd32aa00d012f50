"""Seeing what happens: the journal (what ran, what broke, under which id) and what is measured while it runs."""
