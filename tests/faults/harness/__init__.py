"""Faults put on purpose into real work on a tiny home, and what must hold after each; see docs/keeping.md.

One process imports the libraries once and forks: a case is a process of its own, with a server, workers and lookers
as its children, so that three hundred faults cost minutes. `cases` plans and runs them.
"""
