"""Asks a language model what it can within its limits; the rest goes to another scorer."""

from __future__ import annotations

import time
from collections import OrderedDict
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, wait
from dataclasses import dataclass, replace
from enum import StrEnum
from hashlib import sha256
from threading import Lock
from typing import Any, Final, Protocol

from sentiment.remote import talk
from sentiment.remote.limits import Limits, Refusal
from sentiment.scale import NEUTRAL
from sentiment.scorer import Evidence, Score, Scorer
from sentiment.text import clean, language

WORKERS: Final = 4
"""Requests under way at once."""
REMEMBERED: Final = 5_000
"""Answers kept, so that copies of one story are asked about once."""
_READ_CHARACTERS: Final = 5_000
_OK, _TOO_MANY, _SERVER_ERROR = 200, 429, 500


class Outcome(StrEnum):
    """How a request ended, or why there was none."""

    ANSWERED = "answered"
    REMEMBERED = "remembered"
    UNREACHABLE = "unreachable"
    THROTTLED = "throttled"
    SERVER_ERROR = "server_error"
    REFUSED = "refused"
    INVALID = "invalid"
    TAMPERED = "tampered"
    PAUSED = "paused"
    OVER_BUDGET = "over_budget"
    OUT_OF_TIME = "out_of_time"


class NoAnswer(Exception):
    """The server could not be asked or gave no whole answer in time; free of secrets."""


@dataclass(frozen=True, slots=True)
class Reply:
    """What the server said; `retry_after_s` where it asks to be left alone."""

    status: int
    body: bytes
    retry_after_s: float | None = None


class Post(Protocol):
    """Posts a body as JSON to the one configured address."""

    def __call__(self, body: Mapping[str, Any], timeout_s: float) -> Reply:
        """Return the reply, whatever its status; raise NoAnswer after at most `timeout_s`."""


class Counters(Protocol):
    """Is told what happens; called from several threads."""

    def asked(self, outcome: Outcome, tokens: int, detail: str) -> None:
        """One request ended so and cost so many tokens."""

    def judged(self, outcome: Outcome, texts: int) -> None:
        """So many texts were answered, or went to the other scorer for this reason."""


@dataclass(frozen=True, slots=True)
class Answer:
    """How asking about some texts ended; `scores` only when it was answered."""

    outcome: Outcome
    scores: tuple[Score, ...] = ()
    detail: str = ""


class RemoteScorer:
    """Polarity and complaint by a language model somewhere else.

    Only what `mask` returns leaves, without @names and links. Whatever the model does not
    answer properly and in time is answered by `instead`, and such a score says so in `by`.
    Equal texts get equal answers as long as they are remembered. Safe for several threads.
    """

    def __init__(
        self,
        post: Post,
        instead: Scorer,
        limits: Limits,
        *,
        address: str,
        model: str,
        mask: Callable[[str], str],
        counters: Counters,
        batch: int,
        timeout_s: float,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """Take the way out and the limits; `address` only tells versions apart."""
        self._post = post
        self._instead = instead
        self._limits = limits
        self._model = model
        self._mask = mask
        self._counters = counters
        self._batch = batch
        self._timeout_s = timeout_s
        self._clock = clock
        self._pool = ThreadPoolExecutor(WORKERS, thread_name_prefix="scorer")
        self._memory = _Memory()
        name = "".join(letter for letter in model.rpartition("/")[2] if letter.isalnum())
        digest = sha256(f"{address}\0{model}\0{talk.digest()}".encode()).hexdigest()[:8]
        self._version = f"http-{name[:24]}-{digest}"

    @property
    def version(self) -> str:
        return self._version

    def score(self, texts: Sequence[str]) -> list[Score]:
        answers = [NEUTRAL] * len(texts)
        outgoing = self._outgoing(texts)
        found = self._ask_all(list(dict.fromkeys(outgoing.values())))
        left = []
        for place, text in outgoing.items():
            if text in found:
                answers[place] = found[text]
            else:
                left.append(place)
        if left:
            others = self._instead.score([texts[place] for place in left])
            for place, score in zip(left, others, strict=True):
                answers[place] = replace(score, by=score.by or self._instead.version)
        return answers

    def explain(self, texts: Sequence[str]) -> list[tuple[Evidence, ...]]:
        """Return what carried the answers of the other scorer; a language model cannot tell."""
        answers: list[tuple[Evidence, ...]] = [()] * len(texts)
        outgoing = self._outgoing(texts)
        left = [place for place, text in outgoing.items() if self._memory.get(text) is None]
        if left:
            found = self._instead.explain([texts[place] for place in left])
            for place, evidence in zip(left, found, strict=True):
                answers[place] = evidence
        return answers

    def try_out(self) -> Answer:
        """Ask about our own two posts alone, to find out whether the model is of use."""
        return self._ask([], self._clock() + self._timeout_s)

    def _outgoing(self, texts: Sequence[str]) -> dict[int, str]:
        """Return by place what may leave; texts that are neither Chinese nor English never do."""
        # Masked before it is cut: half a number would not be recognised.
        return {
            place: self._mask(clean(text[:_READ_CHARACTERS]))[: talk.READ_CHARACTERS]
            for place, text in enumerate(texts)
            if language(text) != "other"
        }

    def _ask_all(self, texts: Sequence[str]) -> dict[str, Score]:
        """Ask about different texts until the time is up; return those that were answered."""
        found = {text: score for text in texts if (score := self._memory.get(text)) is not None}
        if found:
            self._counters.judged(Outcome.REMEMBERED, len(found))
        unknown = [text for text in texts if text not in found]
        if not unknown:
            return found
        began = self._clock()
        may_wait_s = self._limits.may_wait_s()
        futures: dict[Future[Answer], Sequence[str]] = {}
        for start in range(0, len(unknown), self._batch):
            part = unknown[start : start + self._batch]
            futures[self._pool.submit(self._ask, part, began + may_wait_s)] = part
        done, _ = wait(futures, timeout=may_wait_s)
        self._limits.waited(self._clock() - began)
        for future, asked in futures.items():
            future.cancel()
            answer = future.result() if future in done else Answer(Outcome.OUT_OF_TIME)
            self._counters.judged(answer.outcome, len(asked))
            found |= zip(asked, answer.scores, strict=answer.outcome is Outcome.ANSWERED)
        return found

    def _ask(self, texts: Sequence[str], deadline: float) -> Answer:
        timeout_s = min(self._timeout_s, deadline - self._clock())
        if timeout_s <= 0:
            return Answer(Outcome.OUT_OF_TIME)
        if refusal := self._limits.take():
            return Answer(_OUTCOME_OF[refusal])
        question = talk.ask(self._model, texts)
        try:
            reply = self._post(question.body, timeout_s)
        except NoAnswer as error:
            self._limits.failed()
            return self._asked(question, Answer(Outcome.UNREACHABLE, detail=str(error)), b"")
        answer = self._judge_reply(question, reply)
        for text, score in zip(texts, answer.scores, strict=False):
            self._memory.put(text, score)
        return self._asked(question, answer, reply.body)

    def _asked(self, question: talk.Question, answer: Answer, body: bytes) -> Answer:
        tokens = talk.tokens(question, body)
        self._limits.charge(tokens)
        self._counters.asked(answer.outcome, tokens, answer.detail)
        return answer

    def _judge_reply(self, question: talk.Question, reply: Reply) -> Answer:
        if reply.status != _OK:
            outcome = _of_status(reply.status)
            self._limits.failed(
                for_good=outcome is Outcome.REFUSED, retry_after_s=reply.retry_after_s
            )
            return Answer(outcome, detail=f"the server answered {reply.status}")
        try:
            scores = talk.read(question, reply.body)
        except talk.InvalidAnswer as error:
            self._limits.failed()
            return Answer(Outcome.INVALID, detail=str(error))
        except talk.TamperedAnswer as error:
            self._limits.failed()
            return Answer(Outcome.TAMPERED, detail=str(error))
        self._limits.succeeded()
        return Answer(Outcome.ANSWERED, tuple(scores))


_OUTCOME_OF = {Refusal.PAUSED: Outcome.PAUSED, Refusal.OVER_BUDGET: Outcome.OVER_BUDGET}


class _Memory:
    """The last answers by digest of what was sent; keeps no texts."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._scores: OrderedDict[bytes, Score] = OrderedDict()

    def get(self, text: str) -> Score | None:
        with self._lock:
            return self._scores.get(_key(text))

    def put(self, text: str, score: Score) -> None:
        with self._lock:
            self._scores[_key(text)] = score
            while len(self._scores) > REMEMBERED:
                self._scores.popitem(last=False)


def _key(text: str) -> bytes:
    return sha256(text.encode("utf-8", "replace")).digest()


def _of_status(status: int) -> Outcome:
    if status == _TOO_MANY:
        return Outcome.THROTTLED
    return Outcome.SERVER_ERROR if status >= _SERVER_ERROR else Outcome.REFUSED
