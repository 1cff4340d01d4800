"""What the ladder says: to whoever is called, and about the people who are not there."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from alerts.ladder import Page, Why
from alerts.rungs import Level, Rung, RungState

Pair = tuple[str, str]
"""The same in Chinese and in English."""
NAMED: Final = 10
"""So many cases a sentence names."""
_PAGES: Final[dict[Why, Pair]] = {
    Why.TRIGGERED: ("请{level}处理", "This is for the {level_en}"),
    Why.UNANSWERED: (
        "一直没有人工答复，请{level}介入",
        "No person has answered yet: over to the {level_en}",
    ),
    Why.MISSED: (
        "{former}没有在时限内处理，请{level}接手",
        "The {former_en} did not act in time: over to the {level_en}",
    ),
    Why.NOBODY_ON_CALL: (
        "{former}无人值班，请{level}接手",
        "No {former_en} is on call: over to the {level_en}",
    ),
    Why.ACK_EXPIRED: (
        "接手已到时，仍没有人工答复，请{level}处理",
        "It was taken, but no answer followed in time: over to the {level_en}",
    ),
    Why.ALL_MISSED: (
        "{former}没有在时限内处理，现在通知这一级的所有人",
        "The {former_en} did not act in time: everybody of that level is called now",
    ),
}
_NO_LEVEL: Final = (
    "接手已到时，仍没有人工答复，请处理",
    "It was taken, but no answer followed in time: please act",
)


def page_news(page: Page) -> Pair:
    """Say why somebody is paged."""
    if page.level is None:
        return _NO_LEVEL
    chinese, english = _PAGES[page.why]
    person = page.people[0] if len(page.people) == 1 else ""
    former = page.former
    names = {
        "level": _named(page.level.zh, person),
        "level_en": _named_en(page.level.en, person),
        "former": _former(former),
        "former_en": _former_en(former),
    }
    return chinese.format(**names), english.format(**names)


def duty(rung: Rung) -> Pair:
    """Say who must act on a case, or who will be called if nobody does."""
    level = rung.policy.level(rung.level)
    if rung.state is RungState.ARMED:
        return (
            f"到时没有人工答复，将升级到{level.zh}",
            f"Without an answer by then it goes to the {level.en}",
        )
    return (
        f"由{_named(level.zh, rung.person)}负责",
        f"In the hands of the {_named_en(level.en, rung.person)}",
    )


def nobody_on_call(level: Level, case_ids: Sequence[int]) -> tuple[Pair, Pair]:
    """Return title and text of the alarm that a level has nobody."""
    title = (f"{level.zh}无人值班", f"Nobody on call: {level.en}")
    chinese = (
        f"值班表 {level.rota} 此刻没有人，{_cases(case_ids)}已转到上一级"
        "（最高一级则通知全体）。请安排值班或替班。"
    )
    english = (
        f"The rota {level.rota} has nobody now; {_cases_en(case_ids)} went to the next level "
        "(of the highest, to everybody). Put somebody on call."
    )
    return title, (chinese, english)


def all_missed(level: Level, case_ids: Sequence[int]) -> tuple[Pair, Pair]:
    """Return title and text of the alarm that the highest level has not acted."""
    title = (f"{level.zh}逾期未处理", f"The {level.en} missed a deadline")
    chinese = f"{_cases(case_ids)}升级到最高一级仍逾期，已通知全体{level.zh}。请立即安排人处理。"
    english = (
        f"Nobody acted in time on {_cases_en(case_ids)}, though the highest level was called; "
        f"every {level.en} has been told. See that somebody acts now."
    )
    return title, (chinese, english)


def many(level: Level | None, count: int) -> Pair:
    """Return the title of one message that calls a level about many cases."""
    if level is None:
        return f"{count} 个事件接手后没有答复", f"{count} cases were taken but not answered"
    return f"{count} 个事件请{level.zh}处理", f"{count} cases for the {level.en}"


def and_more(count: int) -> Pair:
    """Say how many cases are not named."""
    return f"另有 {count} 个事件，见控制台", f"{count} more cases in the console"


def _former(rung: Rung | None) -> str:
    return _named(rung.policy.level(rung.level).zh, rung.person) if rung else ""


def _former_en(rung: Rung | None) -> str:
    return _named_en(rung.policy.level(rung.level).en, rung.person) if rung else ""


def _named(name: str, person: str) -> str:
    return f"{name}（{person}）" if person else name


def _named_en(name: str, person: str) -> str:
    return f"{name} ({person})" if person else name


def _cases(case_ids: Sequence[int]) -> str:
    ids = "、".join(f"#{case_id}" for case_id in case_ids[:NAMED])
    return f"事件 {ids}" + (f" 等 {len(case_ids)} 个" if len(case_ids) > NAMED else " ")


def _cases_en(case_ids: Sequence[int]) -> str:
    ids = ", ".join(f"#{case_id}" for case_id in case_ids[:NAMED])
    if len(case_ids) > NAMED:
        return f"{len(case_ids)} cases ({ids} …)"
    return f"cases {ids}" if len(case_ids) > 1 else f"case {ids}"
