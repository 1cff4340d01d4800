"""Alerts to any of the services that apprise speaks to: Telegram, ntfy, Matrix, and a hundred more.

Only this module imports apprise; `alerts.channels.build` loads it when an entry asks for it.
Apprise says no more than yes or no, and says yes to an error that comes with HTTP 200: what
arrives here is less certain than over channels of our own, and for those it is not taken.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import datetime, tzinfo
from typing import Final

from apprise import Apprise, AppriseAsset, NotifyFormat, NotifyType
from apprise.plugins import NotifyBase

from alerts.channels.apprise_settings import AppriseSettings
from alerts.channels.channel import Receipt, Refused, Unanswered
from alerts.channels.letter import letter, subject
from alerts.channels.secrets import channel_variable
from alerts.message import Message, cut, sanitized, units
from alerts.severity import Severity

OWN: Final = {
    "wecombot": "wecom",
    "dingtalk": "dingtalk",
    "feishu": "feishu",
    "lark": "feishu",
    "slack": "slack",
    "mailto": "email",
    "mailtos": "email",
    "json": "webhook",
    "jsons": "webhook",
}
"""Apprise's name of a service → the kind of channel of ours that knows whether it arrived."""
TYPES: Final = {
    Severity.NORMAL: NotifyType.INFO,
    Severity.IMPORTANT: NotifyType.WARNING,
    Severity.URGENT: NotifyType.FAILURE,
}
SHORTEST_BODY: Final = 200


class AppriseChannel:
    """Sends each alert as plain text to the service behind one address."""

    def __init__(
        self,
        settings: AppriseSettings,
        *,
        url: str,
        now: Callable[[], datetime],
        zone: tzinfo,
    ) -> None:
        self._settings = settings
        self._url = url
        self._now = now
        self._zone = zone
        # It logs texts and addresses, keys included.
        logging.getLogger("apprise").setLevel(logging.CRITICAL + 1)

    @property
    def name(self) -> str:
        """The channel's name in the settings; unique."""
        return self._settings.name

    @property
    def min_interval_s(self) -> float:
        """The least time between two messages that this channel allows."""
        return self._settings.min_interval_s

    @property
    def most_at_once(self) -> int:
        """How many alerts one message may carry."""
        return self._settings.most_at_once

    @property
    def threads(self) -> bool:
        """Apprise has none."""
        return False

    def send(self, message: Message) -> Receipt:
        """Hand the message to apprise; raise a ChannelError if it says no."""
        service = self._service()
        clean = sanitized(message)
        title, body = subject(clean), letter(clean, self._now(), self._zone)[0]
        room = min(max(service.body_maxlen - len(title) - 2, SHORTEST_BODY), service.body_maxlen)
        if clean.parts and units(body) > room:
            # The notifier sends them one by one then.
            raise Refused(f"{_service_name(service)} takes not that many alerts in one message")
        taken = service.notify(
            title=title,
            body=cut(body, room),
            notify_type=TYPES[clean.severity],
            body_format=NotifyFormat.TEXT,
        )
        if taken is not True:
            raise Unanswered(f"apprise could not hand the message to {_service_name(service)}")
        return Receipt(message.dedupe_key)

    def find(self, dedupe_key: str, since: datetime, thread: str = "") -> Receipt | None:
        """Return None: apprise cannot look."""
        return None

    def check(self) -> str:
        """Read the address; whether the service takes messages, only the first one shows."""
        return f"apprise will speak to {_service_name(self._service())}; nothing was sent"

    def close(self) -> None:
        """Do nothing: each message has its own connection."""

    def _service(self) -> NotifyBase:
        variable = channel_variable(self._settings.secret, "url")
        if not self._url:
            raise Refused(f"the service's address is missing: set {variable}")
        asset = AppriseAsset(async_mode=False, secure_logging=True)
        service = Apprise.instantiate(self._url, asset=asset)
        if service is None:
            raise Refused(f"{variable} is no address that apprise understands")
        service.socket_connect_timeout = service.socket_read_timeout = self._settings.timeout_s
        for name in _names(service):
            if name in OWN:
                raise Refused(
                    f"{variable} leads to {_service_name(service)}, where apprise takes errors "
                    f"for success: use a channel of kind {OWN[name]}"
                )
        return service


def _names(service: NotifyBase) -> tuple[str, ...]:
    """Return the schemes of a service's addresses, however this one was written."""
    found: list[str] = []
    for names in (service.protocol, service.secure_protocol):
        found += [names] if isinstance(names, str) else list(names or ())
    return tuple(found)


def _service_name(service: NotifyBase) -> str:
    return str(service.service_name)
