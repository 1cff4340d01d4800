"""Which posts concern us: a brand and a complaint word in one post."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TypeAlias

from alerts.patterns import Entry, Found, Page, Patterns
from scrapers.post import Platform, Post

_RULES = 1  # part of the version: raise it whenever the same words would match otherwise

_Place: TypeAlias = tuple[str, int]  # a part and a position in its text


class Part(StrEnum):
    """Where in a post a term stands."""

    TEXT = "text"
    QUOTED = "quoted"
    ORIGINAL = "original"


class TermKind(StrEnum):
    """What a matched term stands for."""

    BRAND = "brand"
    COMPLAINT = "complaint"


@dataclass(frozen=True, slots=True)
class Brand:
    """One watched brand: its names, homonyms that are not it, its own accounts."""

    name: str
    aliases: tuple[str, ...] = ()
    exclude: tuple[str, ...] = ()
    accounts: Mapping[Platform, str] = field(default_factory=dict)
    complaint_words: tuple[str, ...] = ()

    @property
    def names(self) -> tuple[str, ...]:
        """The name and every alias."""
        return (self.name, *self.aliases)


@dataclass(frozen=True, slots=True)
class Term:
    """A configured term found at `start`..`end` (code points) of one part of the post."""

    text: str
    kind: TermKind
    part: Part
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Hit:
    """A post that names `brand` with a complaint word, and by which rules it was found.

    `addressed` says that the post speaks to or of the brand's account without needing its name:
    it mentions the account (X) or passes on one of its posts.
    """

    brand: str
    terms: tuple[Term, ...]
    rules_version: str
    addressed: bool = False

    @property
    def own_brand(self) -> bool:
        """Whether the author, not someone they pass on, means the brand."""
        return self.addressed or self._own(TermKind.BRAND)

    @property
    def own_complaint(self) -> bool:
        """Whether a complaint word stands in the author's own words."""
        return self._own(TermKind.COMPLAINT)

    def _own(self, kind: TermKind) -> bool:
        return any(term.kind is kind and term.part is Part.TEXT for term in self.terms)


@dataclass(frozen=True, slots=True)
class Reading:
    """What a post has of ours: `hits`, and every brand that it names, complaint or not."""

    hits: tuple[Hit, ...]
    named: tuple[str, ...]


NOTHING = Reading((), ())


class Watch:
    """Finds posts that name a brand together with a complaint word.

    The author's words, the quoted chain and the original count as one conversation: the brand
    may stand in one of them and the complaint in another ("太差了//@甲: 星云手表…"). Words that
    the brand itself wrote never complain. A brand's name inside one of its homonyms, and a
    complaint word inside a brand's name, do not count. How terms are found despite spacing,
    script and endings is told in `alerts.patterns`. Safe for several threads.
    """

    def __init__(self, brands: Sequence[Brand], complaint_words: Sequence[str]) -> None:
        self._brands = tuple(brands)
        self._names = Patterns(Entry(n, b.name) for b in brands for n in b.names)
        self._homonyms = Patterns(Entry(e, b.name) for b in brands for e in b.exclude)
        self._words = Patterns(
            [
                *(Entry(word, inflected=True) for word in complaint_words),
                *(Entry(w, b.name, inflected=True) for b in brands for w in b.complaint_words),
            ]
        )
        self._owners: dict[tuple[Platform, str], list[str]] = {}
        for brand in brands:
            for platform, account in brand.accounts.items():
                self._owners.setdefault((platform, account), []).append(brand.name)
        self.version = _version(self._brands, complaint_words)

    def read(self, post: Post) -> Reading:
        """Return what concerns us in a post, brands in configured order."""
        pages = list(_pages(post))
        named = self._named(post, pages)
        if not named:
            return NOTHING
        words = self._words.find(pages)
        brands = [brand for brand in self._brands if brand.name in named]
        hits = (self._hit(post, brand, named[brand.name], words) for brand in brands)
        return Reading(
            hits=tuple(hit for hit in hits if hit), named=tuple(brand.name for brand in brands)
        )

    def match(self, post: Post) -> tuple[Hit, ...]:
        """Return one hit per brand that the post names and complains of."""
        return self.read(post).hits

    def names(self, post: Post) -> tuple[str, ...]:
        """Return the brands that the post names at all, complaint or not."""
        return self.read(post).named

    def words(self, post: Post, brand: str) -> frozenset[str]:
        """Return every complaint word that counts for a brand, those inside longer ones too."""
        pages = list(_pages(post))
        named = self._named(post, pages)
        watched = next((each for each in self._brands if each.name == brand), None)
        if watched is None or brand not in named or _own_post(post, watched):
            return frozenset()
        found = self._counting(post, watched, _longest(named[brand]), self._words.find(pages))
        return frozenset(word.entry.text for word in found)

    def _named(self, post: Post, pages: list[Page]) -> dict[str, list[Found]]:
        named: dict[str, list[Found]] = {
            name: []
            for account in _addressees(post)
            for name in self._owners.get((post.platform, account), ())
        }
        found = self._names.find(pages)
        if found:
            shadows = _shadows(self._homonyms.find(pages))
            for name in found:
                if not _shadowed(name, shadows):
                    named.setdefault(name.entry.scope, []).append(name)
        return named

    def _hit(self, post: Post, brand: Brand, names: list[Found], words: list[Found]) -> Hit | None:
        if _own_post(post, brand):
            return None
        names = _longest(names)
        complaints = _longest(self._counting(post, brand, names, words))
        if not complaints:
            return None
        return Hit(
            brand=brand.name,
            terms=(*_terms(names, TermKind.BRAND), *_terms(complaints, TermKind.COMPLAINT)),
            rules_version=self.version,
            addressed=brand.accounts.get(post.platform) in _addressees(post),
        )

    def _counting(
        self, post: Post, brand: Brand, names: list[Found], words: list[Found]
    ) -> list[Found]:
        """Return the words that complain of a brand, overlapping ones included."""
        account = brand.accounts.get(post.platform)
        taken = {place for name in names for place in _places(name)}
        brands_own = Part.ORIGINAL if account and account == _original_author(post) else None
        return [
            word
            for word in words
            if word.entry.scope in ("", brand.name)
            and word.part != brands_own
            and not (_first(word) in taken and _last(word) in taken)
        ]


def _pages(post: Post) -> Iterator[Page]:
    yield Page(Part.TEXT, post.text)
    if post.quoted:
        yield Page(Part.QUOTED, post.quoted)
    if post.original and post.original.text:
        yield Page(Part.ORIGINAL, post.original.text)


def _addressees(post: Post) -> tuple[str, ...]:
    """Return the ids of the accounts that the post mentions or passes a post on of."""
    # On Weibo `mentions` holds account names, which stand in the text anyway.
    mentioned = post.mentions if post.platform is Platform.TWITTER else ()
    author = _original_author(post)
    return (*mentioned, author) if author else mentioned


def _own_post(post: Post, brand: Brand) -> bool:
    account = brand.accounts.get(post.platform)
    return bool(account) and account == post.author.id


def _original_author(post: Post) -> str:
    return post.original.author.id if post.original and post.original.author else ""


def _shadows(homonyms: list[Found]) -> dict[tuple[str, _Place], Found]:
    """Return the longest homonym at each place, by the brand that it is none of."""
    return {
        (homonym.entry.scope, place): homonym
        for homonym in sorted(homonyms, key=_length)
        for place in _places(homonym)
    }


def _shadowed(name: Found, shadows: Mapping[tuple[str, _Place], Found]) -> bool:
    if not shadows:
        return False
    homonyms = (shadows.get((name.entry.scope, place)) for place in _places(name))
    # A name that holds the whole homonym and more (星云大师表) was meant as configured.
    return any(
        homonym.start < name.start
        or homonym.end > name.end
        or (homonym.start, homonym.end) == (name.start, name.end)
        for homonym in homonyms
        if homonym
    )


def _longest(found: list[Found]) -> list[Found]:
    """Drop what overlaps something longer; the rest stays in its order, that of reading."""
    if len(found) < 2:
        return found
    kept: set[Found] = set()
    taken: set[_Place] = set()
    for one in sorted(found, key=_length, reverse=True):
        # What overlaps something longer has an end within it.
        if _first(one) not in taken and _last(one) not in taken:
            kept.add(one)
            taken.update(_places(one))
    return [one for one in found if one in kept]


def _places(found: Found) -> Iterator[_Place]:
    return ((found.part, position) for position in range(found.start, found.end))


def _first(found: Found) -> _Place:
    return found.part, found.start


def _last(found: Found) -> _Place:
    return found.part, found.end - 1


def _length(found: Found) -> int:
    return found.end - found.start


def _terms(found: list[Found], kind: TermKind) -> Iterator[Term]:
    return (Term(one.entry.text, kind, Part(one.part), one.start, one.end) for one in found)


def _version(brands: Sequence[Brand], complaint_words: Sequence[str]) -> str:
    watched = sorted(
        (
            brand.name,
            sorted(set(brand.aliases)),
            sorted(set(brand.exclude)),
            sorted((str(platform), account) for platform, account in brand.accounts.items()),
            sorted(set(brand.complaint_words)),
        )
        for brand in brands
    )
    rules = json.dumps([_RULES, watched, sorted(set(complaint_words))], ensure_ascii=False)
    return hashlib.sha256(rules.encode()).hexdigest()[:12]
