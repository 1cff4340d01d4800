"""A call of the ladder in one sentence."""

from __future__ import annotations

from alerts.rungs import Rung, RungState
from monitor.web.reader import Reader


def call_sentence(reader: Reader, rung: Rung) -> str:
    """Say who must act or will be called, or what became of the call."""
    if rung.state.is_open:
        return reader.duty(rung)
    t, whom = reader.f.t, whom_of(reader, rung)
    if rung.state is RungState.MISSED:
        return t("history.missed", whom=whom, why=reader.f.word("call", rung.outcome or "missed"))
    if rung.state is RungState.SUPERSEDED:
        return t("history.superseded", whom=whom)
    if rung.state is RungState.CANCELLED:
        return t("history.cancelled", whom=whom, outcome=reader.f.word("ended", rung.outcome))
    said = reader.f.word("outcome", rung.outcome.removesuffix("_late"))
    who = rung.acted_by or "–"
    if rung.outcome.endswith("_late"):
        return t("history.acted_late", whom=whom, who=who, outcome=said)
    return t("history.acted", whom=whom, who=who, outcome=said)


def whom_of(reader: Reader, rung: Rung) -> str:
    """Name the level of a call, and the person where somebody was on call."""
    level = reader.level(rung)
    return reader.f.t("history.whom", level=level, person=rung.person) if rung.person else level
