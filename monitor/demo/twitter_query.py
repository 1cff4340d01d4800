"""X's query language, as far as searches for complaints need it.

Words and `"phrases"` side by side must all be there; `OR` binds weaker; brackets group; `-`
negates one term. Operators: from, to, lang, is, has, @name, #tag.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

Rule = Callable[["Subject"], bool]

_TOKEN: Final = re.compile(r'\s*(-?\(|\)|-?"(?:[^"\\]|\\.)*"|[^\s()"]+)')
_MATCH_TYPES: Final = frozenset({"retweet", "quote", "reply", "verified"})
_CONTENT_TYPES: Final = frozenset({"links", "mentions", "hashtags"})


class QueryError(ValueError):
    """The query is not one; the message is what X would say about it."""


@dataclass(frozen=True, slots=True)
class Subject:
    """What a query can ask about a post. All names in lower case."""

    text: str
    author_id: str
    author_handle: str
    kinds: frozenset[str]
    contents: frozenset[str]
    mentions: frozenset[str]
    language: str


def parse(query: str) -> Rule:
    """Turn a query into a rule; raises QueryError."""
    tokens = _tokens(query)
    parser = _Parser(tokens)
    rule = parser.alternatives()
    if parser.rest:
        raise QueryError(f"no viable alternative at input '{parser.rest[0]}'")
    if not parser.standalone:
        raise QueryError("Rules must contain at least one positive, non-stopword clause")
    return rule


def _tokens(query: str) -> list[str]:
    tokens: list[str] = []
    position = 0
    query = query.strip()
    while position < len(query):
        match = _TOKEN.match(query, position)
        if match is None:
            raise QueryError(f"missing EOF at '{query[position:]}'")
        tokens.append(match[1])
        position = match.end()
    if not tokens:
        raise QueryError("query is empty")
    return tokens


class _Parser:
    def __init__(self, tokens: Sequence[str]) -> None:
        self.rest = list(tokens)
        self.standalone = False

    def alternatives(self) -> Rule:
        rules = [self._conjunction()]
        while self.rest and self.rest[0] == "OR":
            self.rest.pop(0)
            rules.append(self._conjunction())
        return lambda subject: any(rule(subject) for rule in rules)

    def _conjunction(self) -> Rule:
        rules: list[Rule] = []
        while self.rest and self.rest[0] not in (")", "OR"):
            rules.append(self._factor())
        if not rules:
            raise QueryError("a clause is missing beside OR or in brackets")
        return lambda subject: all(rule(subject) for rule in rules)

    def _factor(self) -> Rule:
        term = self.rest.pop(0)
        if term == "-(":
            raise QueryError("grouped clauses cannot be negated; negate each term")
        if term == "(":
            rule = self.alternatives()
            if not self.rest or self.rest.pop(0) != ")":
                raise QueryError("missing ')'")
            return rule
        if term.startswith("-") and len(term) > 1:
            rule, _ = _term(term[1:])
            return lambda subject: not rule(subject)
        rule, standalone = _term(term)
        self.standalone = self.standalone or standalone
        return rule


def _term(token: str) -> tuple[Rule, bool]:
    """Return the rule of one term and whether a query may stand on it alone."""
    if token.startswith('"'):
        return _phrase(re.sub(r"\\(.)", r"\1", token[1:-1])), True
    operator, colon, value = token.partition(":")
    if colon and operator.isascii() and operator.isalpha():
        return _operator(operator, value.lower())
    if token.startswith("@") and len(token) > 1:
        name = token[1:].lower()
        return lambda subject: name in subject.mentions, True
    return _phrase(token), True


def _phrase(phrase: str) -> Rule:
    """Match whole words; Chinese, which knows no spaces between words, anywhere."""
    wanted = phrase.lower().strip()
    if not wanted:
        raise QueryError("a phrase is empty")
    if not wanted.isascii():
        return lambda subject: wanted in subject.text
    words = r"\W+".join(re.escape(word) for word in wanted.split())
    pattern = re.compile(rf"(?<![0-9a-z_]){words}(?![0-9a-z_])")
    return lambda subject: pattern.search(subject.text) is not None


def _operator(operator: str, value: str) -> tuple[Rule, bool]:
    match operator:
        case "from":
            return lambda s: value in (s.author_id, s.author_handle), True
        case "to":
            return lambda s: "reply" in s.kinds and value in s.mentions, True
        case "lang":
            return lambda s: s.language == value, False
        case "is" if value in _MATCH_TYPES:
            return lambda s: value in s.kinds, False
        case "has" if value in _CONTENT_TYPES:
            return lambda s: value in s.contents, False
    raise QueryError(f"Reference to invalid operator '{operator}:{value}'")
