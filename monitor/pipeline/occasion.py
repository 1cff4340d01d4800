"""Turns a case, as the database has it, into the alert that people read."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from alerts.case import CaseView
from alerts.causes import from_json
from alerts.message import Mention, Message, to_json
from alerts.severity import Cause, Rating, sentence
from monitor.config import BrandSettings
from monitor.live_config import Rules
from monitor.pipeline.compose import LOCALES, Occasion, Wording, compose, say, word
from monitor.storage import outbox, tellings
from monitor.storage.database import Connection
from monitor.storage.outbox import NewAlert
from monitor.storage.posts import StoredHit
from monitor.storage.tellings import ShownCase
from responses.privacy import mask
from sentiment.verdict import Verdict


@dataclass(frozen=True, slots=True)
class Telling:
    """What is told of a case, and why now.

    `key` makes it go out once. `news` are sentences, each in Chinese and English. `mentions`
    must act, by `act_by`. `ended` says that nothing is left to do. `locale` is the language
    of the message, the configured one unless given.
    """

    key: str
    reason: str
    news: tuple[tuple[str, str], ...] = ()
    mentions: tuple[Mention, ...] = ()
    act_by: datetime | None = None
    ended: bool = False
    locale: str = ""


def case_alert(
    connection: Connection, rules: Rules, case_id: int, telling: Telling, now: datetime
) -> NewAlert:
    """Build the alert that tells of a case; raises KeyError when there is no such case."""
    case = tellings.shown(connection, [case_id])[case_id]
    return alert_of(case, rules, telling, now)


def case_alerts(
    connection: Connection, rules: Rules, wanted: Sequence[tuple[int, Telling]], now: datetime
) -> list[NewAlert]:
    """Build the alerts of many cases, reading them together; cases that are gone are left out."""
    cases = tellings.shown(connection, {case_id for case_id, _ in wanted})
    return [
        alert_of(cases[case_id], rules, telling, now)
        for case_id, telling in wanted
        if case_id in cases
    ]


def alert_of(case: ShownCase, rules: Rules, telling: Telling, now: datetime) -> NewAlert:
    """Build the alert of a case with the post that it shows."""
    locale = telling.locale or rules.config.locale
    rating = Rating(case.view.severity, from_json(case.causes))
    if case.hit and case.verdict:
        occasion = _occasion(case, case.hit, case.verdict, rating=rating, rules=rules, now=now)
        occasion = replace(occasion, locale=locale)
        wordings = {each: _with_news(say(occasion, each), telling, each) for each in LOCALES}
        message = compose(occasion, wordings[locale])
    else:
        wordings = {each: _bare(case.view, rating, telling, each) for each in LOCALES}
        message = _bare_message(case, wordings[locale], locale, now)
    first = telling.reason == "first"
    message = replace(
        message,
        reason=telling.reason,
        news=wordings[locale].news,
        spread=case.view.spread,
        reach=case.view.reach,
        mentions=telling.mentions,
        act_by=telling.act_by,
        ended=telling.ended,
        late=message.late and first,
        reply=None if telling.ended else message.reply,
    )
    return _new_alert(case, telling, message, wordings, now)


def _new_alert(
    case: ShownCase,
    telling: Telling,
    message: Message,
    wordings: Mapping[str, Wording],
    now: datetime,
) -> NewAlert:
    hit = case.hit
    return NewAlert(
        kind=outbox.CASE,
        key=telling.key,
        reason=telling.reason,
        severity=case.view.severity,
        brand=case.view.brand,
        title=message.title,
        message=to_json(message),
        wordings={locale: said.to_json() for locale, said in wordings.items()},
        created_at=now,
        case_id=case.view.id,
        hit_id=hit.id if hit else None,
        late=message.late,
        platform=case.view.platform or None,
        published_at=case.view.published_at,
        first_seen_at=hit.first_seen_at if hit else None,
        scored_at=case.scored_at,
    )


def _occasion(
    case: ShownCase,
    stored: StoredHit,
    verdict: Verdict,
    *,
    rating: Rating,
    rules: Rules,
    now: datetime,
) -> Occasion:
    post = stored.post
    brand = _settings_of(rules, case.view.brand)
    return Occasion(
        post=post,
        hit=stored.hit,
        verdict=verdict,
        rating=rating,
        uncertain=case.uncertain,
        brand_account=brand.accounts.get(post.platform, "") if brand else "",
        brand_handle=brand.handles.get(post.platform, "") if brand else "",
        created_at=now,
        due_at=case.due_at,
        locale=rules.config.locale,
    )


def _settings_of(rules: Rules, name: str) -> BrandSettings | None:
    return next((brand for brand in rules.config.brands if brand.name == name), None)


def _with_news(said: Wording, telling: Telling, locale: str) -> Wording:
    return replace(said, news=_news(telling, locale))


def _news(telling: Telling, locale: str) -> tuple[str, ...]:
    language = 0 if locale.startswith("zh") else 1
    return tuple(mask(sentences[language]) for sentences in telling.news)


def _bare(case: CaseView, rating: Rating, telling: Telling, locale: str) -> Wording:
    """Say what is left to say when the post itself has been deleted."""
    topic = word(case.topic, chinese=locale.startswith("zh"))
    causes: tuple[Cause, ...] = rating.reasons
    reasons = tuple(mask(sentence(cause, locale)) for cause in causes)
    title = " · ".join([topic, *reasons[:1]])
    return Wording(title, reasons, "", _news(telling, locale))


def _bare_message(case: ShownCase, said: Wording, locale: str, now: datetime) -> Message:
    return Message(
        dedupe_key="",
        kind=outbox.CASE,
        severity=case.view.severity,
        title=said.title,
        brand=case.view.brand,
        reasons=said.reasons,
        verdict="",
        created_at=now,
        due_at=case.due_at,
        late=now > case.due_at,
        post=None,
        reply=None,
        console_url="",
        locale=locale,
        case_id=case.view.id,
    )
