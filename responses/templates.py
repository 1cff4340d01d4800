"""Which texts fit a complaint, and how their variables are filled."""

from __future__ import annotations

from dataclasses import dataclass

from responses.catalogue import CHINESE, ENGLISH, GENERAL, URGENT

_CATALOGUES = {"zh": CHINESE, "en": ENGLISH}
_NAMELESS = {"zh": "", "en": "there"}
_BRANDLESS = {"zh": "官方", "en": "customer"}
_GRAVE = ("safety", "privacy")
"""Topics whose own wording is calmer and more exact than the urgent one."""


@dataclass(frozen=True, slots=True)
class Template:
    """One variant of a reply; `id` is like `first_public_reply.zh.refund.2`."""

    id: str
    language: str
    text: str

    def fill(self, brand: str = "", name: str = "") -> str:
        """Put in brand and author; without one of them the sentence reads on."""
        return self.text.format(
            brand=brand or _BRANDLESS[self.language], name=name or _NAMELESS[self.language]
        )


def variants(language: str, topic: str, *, urgent: bool) -> tuple[Template, ...]:
    """Return the texts of the first public reply that fit, in a fixed order.

    `language` is `zh` or `en`; a topic without texts of its own gets the general ones.
    """
    catalogue = _CATALOGUES[language]
    group = topic if topic in catalogue else GENERAL
    if urgent and group not in _GRAVE:
        group = URGENT
    return tuple(
        Template(f"first_public_reply.{language}.{group}.{number}", language, text)
        for number, text in enumerate(catalogue[group], 1)
    )


def every_template() -> tuple[Template, ...]:
    """Return all texts of all languages and topics."""
    return tuple(
        template
        for language, catalogue in _CATALOGUES.items()
        for group in catalogue
        for template in variants(language, group, urgent=group == URGENT)
    )
