"""Run the migrations on the connection that :mod:`core.catalog.database` hands over."""

from alembic import context

from core.catalog.schema import metadata

context.configure(connection=context.config.attributes["connection"], target_metadata=metadata, render_as_batch=True)
context.run_migrations()
