"""Who of ours can be named: people of the configuration, and those with an account."""

from __future__ import annotations

from monitor.web.access import Principal
from monitor.web.parts import Stores, WebParts


def names_of(parts: WebParts, stores: Stores, who: Principal) -> tuple[str, ...]:
    """Return everybody who may be given a case, by name; who asks is among them."""
    accounts = stores.users.list()
    disabled = {user.name for user in accounts if user.disabled_at is not None}
    known = {*parts.rules().roster.people, *(user.name for user in accounts)} - disabled
    return tuple(sorted({*known, who.name}))
