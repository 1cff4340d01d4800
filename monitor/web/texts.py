"""Every word of the console, in Chinese and English."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from monitor.web.texts_alerts import ALERTS, Pair
from monitor.web.texts_cases import CASES, HISTORY
from monitor.web.texts_work import CUSTOMERS, DUTY, QUALITY, SILENCES

LANGUAGES: Final = {"zh-CN": "中文", "en": "English"}

PARTS: Final = (ALERTS, CASES, HISTORY, SILENCES, DUTY, CUSTOMERS, QUALITY)
PAIRS: Final[Mapping[str, Pair]] = {key: pair for part in PARTS for key, pair in part.items()}
CHINESE: Final[Mapping[str, str]] = {key: chinese for key, (chinese, _) in PAIRS.items()}
ENGLISH: Final[Mapping[str, str]] = {key: english for key, (_, english) in PAIRS.items()}
CATALOGUES: Final = {"zh-CN": CHINESE, "en": ENGLISH}


def text(language: str, key: str, **values: object) -> str:
    """Return a text of the catalogue with its values filled in; KeyError for an unknown key."""
    return CATALOGUES[language][key].format(**values)


def word(language: str, group: str, code: str) -> str:
    """Return the word for a stored code, the code itself where the catalogue has none."""
    return CATALOGUES[language].get(f"{group}.{code}", code.replace("_", " "))


def choose_language(chosen: str | None, accepted: str, default: str) -> str:
    """Return the language: the user's choice, else the browser's best, else the settings'."""
    if chosen in CATALOGUES:
        return chosen
    for language in _by_preference(accepted):
        for ours in CATALOGUES:
            if language.partition("-")[0] == ours.partition("-")[0]:
                return ours
    return default if default in CATALOGUES else "en"


def _by_preference(accepted: str) -> list[str]:
    weighted: list[tuple[float, str]] = []
    for entry in accepted.split(","):
        tag, _, weight = entry.partition(";q=")
        try:
            weighted.append((float(weight or 1), tag.strip().lower()))
        except ValueError:
            continue
    return [tag for weight, tag in sorted(weighted, key=lambda pair: -pair[0]) if weight > 0]
