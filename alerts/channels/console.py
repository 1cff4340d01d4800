"""Alerts as panels on a terminal."""

from __future__ import annotations

import io
from collections.abc import Callable
from datetime import datetime
from typing import Final, Literal

from pydantic import BaseModel, ConfigDict, Field
from rich import box
from rich.console import Console, Group, RenderableType
from rich.padding import Padding
from rich.panel import Panel
from rich.style import Style
from rich.table import Table
from rich.text import Text

from alerts.channels.channel import Busy, Receipt
from alerts.message import (
    Message,
    PostView,
    ReplyView,
    cut,
    harmless,
    sanitized,
    stretches,
)
from alerts.severity import Severity
from alerts.wording import (
    Wording,
    called,
    duty,
    followers,
    headline,
    how_to_post,
    matched,
    measure,
    post_button,
    timing,
    wording,
)

Terminal = Console

COLOURS: Final = {Severity.NORMAL: "cyan", Severity.IMPORTANT: "yellow", Severity.URGENT: "red"}
OVER: Final = "bright_black"
TEXT: Final = 2400
COLOUR_SYSTEMS: Final[dict[str, Literal["standard", "256", "truecolor", "windows"]]] = {
    "standard": "standard",
    "256": "256",
    "truecolor": "truecolor",
    "windows": "windows",
}


class ConsoleSettings(BaseModel):
    """One entry of `channels` with `kind: console`."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    kind: Literal["console"] = "console"
    name: str = Field("console", min_length=1, max_length=64)
    standby: bool = False
    """Carries an alert only when another channel fails, or when nobody was reached by minute 8."""


class ConsoleChannel:
    """Prints each alert on `console`."""

    def __init__(
        self, settings: ConsoleSettings, *, now: Callable[[], datetime], console: Terminal
    ) -> None:
        self._settings = settings
        self._now = now
        self._console = console

    @property
    def name(self) -> str:
        """The channel's name in the settings; unique."""
        return self._settings.name

    @property
    def min_interval_s(self) -> float:
        """A terminal takes messages as fast as they come."""
        return 0.0

    @property
    def most_at_once(self) -> int:
        """How many alerts one message may carry: one, there is no limit to keep."""
        return 1

    @property
    def threads(self) -> bool:
        """A terminal has no threads."""
        return False

    def send(self, message: Message) -> Receipt:
        """Print the message; raise Busy if the terminal is gone."""
        text = self._rendered(message)
        try:
            self._console.file.write(text)
            self._console.file.flush()
        except (OSError, ValueError) as error:
            raise Busy(f"the terminal took nothing ({type(error).__name__})") from error
        return Receipt(message.dedupe_key)

    def _rendered(self, message: Message) -> str:
        """Return what the console would print.

        It does not print itself, because rich ends the process when the reader of a pipe has
        gone. What the terminal's encoding lacks is written as escapes.
        """
        console = self._console
        paper = io.BytesIO()
        writer = Console(
            file=io.TextIOWrapper(paper, console.encoding, "backslashreplace", newline=""),
            width=console.width,
            force_terminal=console.is_terminal,
            color_system=COLOUR_SYSTEMS.get(console.color_system or ""),
            no_color=console.no_color,
        )
        writer.print(panel(message, self._now()))
        if message.reply is not None and not message.ended and not console.is_terminal:
            # In a file no link can be followed, so the panel's cut one is written out.
            writer.print(Text(harmless(message.reply.link)), soft_wrap=True)
        return paper.getvalue().decode(console.encoding)

    def find(self, dedupe_key: str, since: datetime, thread: str = "") -> Receipt | None:
        """Return None: what was printed cannot be looked up."""
        return None

    def check(self) -> str:
        """Say that there is nothing that could be wrong."""
        return "alerts are printed on the terminal"

    def close(self) -> None:
        """Do nothing: the console belongs to whoever made it."""


def panel(message: Message, now: datetime) -> Panel:
    """Lay a message out for a terminal of any width.

    Texts are shown as they are: neither rich's markup nor control characters act.
    """
    clean = sanitized(message)
    words = wording(clean.locale)
    colour = OVER if clean.ended else COLOURS[clean.severity]
    parts: list[RenderableType] = [Text(clean.title, style="bold")]
    parts += _call(words, clean, now)
    parts += [_bullet(line) for line in clean.news if line]
    parts.append(Text() if clean.post is None else _post(words, clean.post, colour))
    parts += [panel(part, now) for part in clean.parts]
    parts += _why(words, clean)
    if clean.reply is not None and not clean.ended:
        parts.append(_reply(words, clean.reply))
    if clean.console_url:
        parts.append(_link(words, words.open_console, clean.console_url))
    return Panel(
        Group(*parts),
        title=Text(headline(words, clean), style=f"bold {colour}"),
        title_align="left",
        subtitle=Text(timing(words, clean, now), style=_urgency(clean, now, colour)),
        subtitle_align="right",
        border_style=colour,
        box=box.ROUNDED,
        padding=(0, 1),
    )


def _call(words: Wording, message: Message, now: datetime) -> list[RenderableType]:
    """Name who must act and until when, and say how far the story got."""
    people = "" if message.ended else called(words, message)
    due = " ".join(part for part in (people, duty(words, message, now)) if part)
    far = measure(words, message)
    return [
        *([Text(due, style="bold yellow")] if due else []),
        *([Text(far, style="dim")] if far else []),
    ]


def _urgency(message: Message, now: datetime, colour: str) -> str:
    overdue = message.due_at is not None and now > message.due_at and not message.ended
    return "bold red" if overdue else colour


def _post(words: Wording, post: PostView, colour: str) -> RenderableType:
    author = Text(f"@{post.author}", style="bold")
    if post.followers is not None:
        author.append(f" · {followers(words, post.followers)}", style="not bold dim")
    text = Text()
    for part, marked in stretches(cut(post.text, TEXT), post.marks):
        text.append(part, style=f"bold reverse {colour}" if marked else "")
    parts: list[RenderableType] = [author, text or Text(words.no_text, style="dim")]
    found = matched(words, post)
    if found:
        parts.append(Text(found, style="dim"))
    if post.quoted:
        parts.append(Text(f"{words.quoted}{words.colon}{cut(post.quoted, TEXT)}", style="dim"))
    parts.append(_link(words, words.open_post, post.url))
    return Padding(Group(*parts), (1, 0, 1, 0))


def _why(words: Wording, message: Message) -> list[RenderableType]:
    parts: list[RenderableType] = []
    if message.verdict:
        parts.append(_labelled(words.verdict, message.verdict, words))
    if message.reasons and message.post is not None:
        parts.append(Text(words.reasons, style="bold"))
    parts += [_bullet(reason) for reason in message.reasons]
    return parts


def _bullet(text: str) -> RenderableType:
    grid = Table.grid(padding=(0, 1))
    grid.add_row("•", Text(text))
    return grid


def _reply(words: Wording, reply: ReplyView) -> RenderableType:
    heading = Text(words.reply, style="bold green")
    length = words.length.format(reply.length, reply.limit)
    heading.append(f" · {length} · {reply.template}", style="not bold dim")
    body = Padding(Text(cut(reply.text, TEXT)), (0, 2))
    parts: list[RenderableType] = [heading, body, Text(how_to_post(words, reply), style="dim")]
    if reply.link:
        parts.append(_link(words, post_button(words, reply), reply.link))
    return Padding(Group(*parts), (1, 0, 1, 0))


def _labelled(label: str, text: str, words: Wording) -> Text:
    return Text(f"{label}{words.colon}", style="bold").append(text, style="not bold")


def _link(words: Wording, label: str, address: str) -> Text:
    """Write an address on one line: cut where it does not fit, but followed in full."""
    followable = address.startswith(("https://", "http://"))
    shown = Text(f"{label}{words.colon}", style="dim", no_wrap=True, overflow="ellipsis")
    return shown.append(address, style=Style(dim=False, link=address if followable else None))
