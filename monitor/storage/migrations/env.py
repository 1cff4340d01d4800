"""Runs the migrations on the connection that `Database.upgrade` hands over."""

from typing import Any, Literal

from alembic import context

from monitor.storage.tables import Instant, metadata


def render_item(kind: str, item: Any, _context: Any) -> str | Literal[False]:
    """Write instants as plain big integers: a migration must not depend on today's code."""
    return "sa.BigInteger()" if kind == "type" and isinstance(item, Instant) else False


def compare_type(_context: Any, _inspected: Any, _column: Any, _before: Any, after: Any) -> Any:
    """Leave it to Alembic, but for instants, which are big integers on every database."""
    return False if isinstance(after, Instant) else None


connection = context.config.attributes["connection"]
context.configure(
    connection=connection,
    target_metadata=metadata,
    render_as_batch=True,
    render_item=render_item,
    compare_type=compare_type,
)
with context.begin_transaction():
    context.run_migrations()
