"""Migrations of the database schema, run by Alembic when a home is opened."""
