"""Turns the HTML of a post's text into what a reader sees, and parts it by speaker."""

from __future__ import annotations

import html
import re
import unicodedata
from dataclasses import dataclass
from typing import Final

from bs4 import BeautifulSoup
from bs4.element import NavigableString, Tag

_FOLDS: Final = ("全文", "展开", "展开全文", "收起", "收起全文")
"""Texts of the links that unfold or fold a long post."""
_UNFOLDS: Final = ("全文", "展开", "展开全文")
_API_CUT: Final = re.compile(r"(?:\.{3}|…)?\s*全文[：:]\s*https?://m\.weibo\.cn/\S+\s*$")
_ELLIPSIS: Final = re.compile(r"\s*(?:\.{3}|…+)\s*$")
_CHAIN: Final = re.compile(r"(?<!:)//\s?@")
_MENTION: Final = re.compile(r"(?<![0-9A-Za-z_.])@([\w-]{2,30})")
_FILLERS: Final = ("转发微博", "轉發微博", "Repost")
"""What Weibo writes for an author who passed a post on without a word."""
_DROPPED: Final = ("Cc", "Co", "Cs")
_INVISIBLE: Final = "\u200b\ufeff"
_STAYS: Final = "\n\t"


@dataclass(frozen=True, slots=True)
class Plain:
    """A text free of markup; `cut` says that the platform shows only its beginning."""

    text: str
    cut: bool = False


@dataclass(frozen=True, slots=True)
class Parted:
    """The author's own words, and the `//@` chain of those they repost."""

    own: str
    quoted: str


def read_html(markup: str) -> Plain:
    """Return the text of a piece of HTML.

    Emoticons stay as their names, [怒]; line breaks stay; highlights merge into their words;
    links that unfold the text, icon glyphs, zero-width and private-use characters go.
    """
    markup = scrub(markup)
    if "<" not in markup and "&" not in markup:
        return Plain(tidy(markup))
    return read_tag(BeautifulSoup(f"<div>{markup}</div>", "lxml"))


def read_tag(tag: Tag) -> Plain:
    """Return the text below a parsed tag, which is used up by this."""
    cut = False
    for dropped in tag.select("script, style, i.wbicon"):
        dropped.decompose()
    for link in tag.find_all("a"):
        label = link.get_text().strip()
        if label in _FOLDS:
            cut = cut or label in _UNFOLDS
            _drop_fold(link)
    for image in tag.find_all("img"):
        name = str(image.get("alt") or "")
        image.replace_with(name if name.startswith("[") else "")
    for text in tag.find_all(string=_is_text):
        text.replace_with(NavigableString(re.sub(r"\s+", " ", text)))
    for line_break in tag.find_all("br"):
        line_break.replace_with("\n")
    return Plain(tidy(tag.get_text()), cut)


def read_plain(text: str) -> Plain:
    """Return a text of the API, which has no markup but may end in a link to its rest."""
    text = scrub(html.unescape(text))
    whole = _API_CUT.sub("", text)
    return Plain(tidy(whole), whole != text)


def part(text: str) -> Parted:
    """Cut `text` at the first `//@`; an automatic 转发微博 counts as no words of one's own."""
    match = _CHAIN.search(text)
    own, quoted = (text[: match.start()], text[match.start() :]) if match else (text, "")
    own = own.strip()
    return Parted("" if own in _FILLERS else own, quoted.strip())


def mentions(text: str) -> tuple[str, ...]:
    """Return the account names that `text` mentions, each once, in order."""
    return tuple(dict.fromkeys(_MENTION.findall(text)))


def scrub(text: str) -> str:
    """Drop what no reader sees and no database takes: controls, surrogates, private use."""
    if text.isascii() and text.isprintable():
        return text
    return "".join(
        char
        for char in text
        if char in _STAYS or (char not in _INVISIBLE and unicodedata.category(char) not in _DROPPED)
    )


def tidy(text: str) -> str:
    """Scrub `text` and trim each line; runs of blanks become one."""
    lines = (" ".join(line.split()) for line in scrub(text).replace("\r", "\n").split("\n"))
    return "\n".join(lines).strip()


def one_line(text: str) -> str:
    """Scrub `text` and make one line of it."""
    return " ".join(scrub(text).split())


def _is_text(node: object) -> bool:
    return type(node) is NavigableString


def _drop_fold(link: Tag) -> None:
    before = link.previous_sibling
    link.decompose()
    if isinstance(before, NavigableString):
        before.replace_with(NavigableString(_ELLIPSIS.sub("", before)))
