"""Keeping a home: backups while it is in use, restoring, checking every file, and moving its database."""
