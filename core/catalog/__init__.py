"""Products: sources, schema, cleaning and the store."""
