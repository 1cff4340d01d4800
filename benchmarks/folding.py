"""Whether copies fold into their story and others' posts do not, and what deciding a post costs.

python -m benchmarks.folding [--data DIR] [--part test] [--stories 3000] [--cases 10000]
    [--posts 500] [--seed 1] [--json FILE] [--markdown]

DIR holds train/ and test/ with NAME.jsonl.gz (default: ../shared/data beside this checkout);
without it there are only costs, on form letters. Thresholds were chosen on train.

Copies and others: posts with a copy by each edit (`benchmarks.copies`), and with posts of other
people that look like them (`benchmarks.lookalikes`), compared in pairs.

Stream: posts, their copies and lookalikes in order of publication join and open cases on a
database as they do in the service, all about one brand. A join is right when the case was
opened by the story's own first post. Storm: a thousand light copies of one complaint.

Cost: processor time from the post to its decision with so many open cases on SQLite, half of the
posts copies of one of them, best of three rounds; and what it costs to compare with the text of
every open case, in a loop and in rapidfuzz's own.
"""

from __future__ import annotations

import argparse
import json
import platform
import random
import tempfile
import time
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict
from itertools import islice
from pathlib import Path
from statistics import fmean, quantiles

from rapidfuzz import fuzz, process

from alerts.fold import story_letters
from alerts.similar import letters, same_story
from benchmarks.case_store import decided, fold, open_cases
from benchmarks.copies import EDITS, LIGHT, copied
from benchmarks.judge_report import Line
from benchmarks.lookalikes import FORMS, PHRASES, form_letters, other_figures, other_good
from benchmarks.stories import HIT, Told, made_up, post_of, sampled, stream
from monitor.storage.database import Database
from scrapers.post import Post

DATA = Path(__file__).parents[2] / "shared" / "data"
BATCHES = (1, 50, 500)
ROUNDS = 3
LOOPED = 30
"""Posts compared with every open case: it takes long."""
PEOPLE = 10
STORMS, STORM = 10, 1000
LEAST_STORY = 30
"""Letters of a complaint that is worth copying a thousand times."""


def main() -> None:
    words = argparse.ArgumentParser(description=__doc__)
    words.add_argument("--data", type=Path, default=DATA)
    words.add_argument("--part", default="test")
    words.add_argument("--stories", type=int, default=3000)
    words.add_argument("--cases", type=int, default=10_000)
    words.add_argument("--posts", type=int, default=500)
    words.add_argument("--seed", type=int, default=1)
    words.add_argument("--json", type=Path)
    words.add_argument("--markdown", action="store_true")
    chosen = words.parse_args()
    draw = random.Random(chosen.seed)
    both = chosen.cases + chosen.posts // 2
    folder, lines = chosen.data / chosen.part, []
    if folder.is_dir():
        texts = sampled(draw, folder, chosen.stories)
        lines += [*pairs(draw, texts), *streamed(draw, texts), *storms(draw, texts)]
        lines += costs(draw, sampled(draw, folder, both), chosen.posts, "posts")
    else:
        lines.append(Line("copies", None, remark=f"{folder} is missing"))
    lines += costs(draw, made_up(draw, both), chosen.posts, "form letters")
    show(lines, chosen)


def show(lines: Sequence[Line], chosen: argparse.Namespace) -> None:
    """Print the table and keep it as JSON, if asked to."""
    rows = [("what", "value", "target", "", "remark"), *(line.cells() for line in lines)]
    if chosen.markdown:
        rows.insert(1, ("---",) * len(rows[0]))
        print("\n".join(f"| {' | '.join(row)} |" for row in rows))
    else:
        widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
        for row in rows:
            cells = (cell.ljust(width) for cell, width in zip(row, widths, strict=True))
            print("  ".join(cells).rstrip())
    if chosen.json:
        told = {
            "python": platform.python_version(),
            "machine": platform.machine(),
            "lines": [{**asdict(line), "holds": line.holds} for line in lines],
        }
        chosen.json.write_text(json.dumps(told, ensure_ascii=False, indent=1), encoding="utf-8")


def pairs(draw: random.Random, texts: Sequence[str]) -> Iterator[Line]:
    """Tell for each edit how many copies are known, and for each lookalike how many fold."""
    for name, edit in EDITS.items():
        yield _share(f"copies known: {name}", ((text, edit(draw, text)) for text in texts))
    mixed = [(text, copied(draw, text)[0]) for text in texts]
    yield _share("copies known: one to three edits", mixed, least=0.95)
    short = [pair for pair in mixed if len(letters(pair[0])) < LEAST_STORY]
    yield _share(f"copies known: of fewer than {LEAST_STORY} letters", short)
    figures = ((text, other_figures(draw, text)) for text in texts)
    yield _share("others folded: other figures", figures)
    goods = ((text, other_good(draw, text)) for text in texts)
    yield _share("others folded: another good or place", goods)
    forms = [form_letters(draw, form, PEOPLE) for form in FORMS for _ in range(5)]
    people = ((first, other) for first, *others in forms for other in others)
    yield _share("others folded: form letters", people)
    phrases = ((one, other) for at, one in enumerate(PHRASES) for other in PHRASES[:at])
    yield _share("others folded: phrases", phrases)


def _share(name: str, pairs: Iterable[tuple[str, str | None]], least: float | None = None) -> Line:
    """Return the share of pairs that are one story; those with equal letters are."""
    told = [(letters(one), letters(other)) for one, other in pairs if other and other != one]
    same = sum(same_story(one, other) for one, other in told)
    equal = sum(one == other for one, other in told)
    remark = f"{len(told):,} pairs, {equal:,} of them with equal letters"
    return Line(name, same / len(told) if told else None, least=least, remark=remark)


def streamed(draw: random.Random, texts: Sequence[str], batch: int = 50) -> Iterator[Line]:
    """Tell how many posts of a stream joined the case of their story."""
    told = stream(draw, texts)
    posts = [post_of(number, one.text) for number, one in enumerate(told)]
    with fresh_database() as database:
        joined = [
            case
            for at in range(0, len(posts), batch)
            for case in fold(database, posts[at : at + batch])
        ]
    yield from _judged(told, joined)


def _judged(told: Sequence[Told], joined: Sequence[int]) -> Iterator[Line]:
    """Tell precision and recall of joins, and whose first posts went into others' cases."""
    openers: dict[int, int] = {}
    homes: dict[int, int] = {}
    counts: Counter[str] = Counter()
    swallowed: Counter[str] = Counter()
    for one, case in zip(told, joined, strict=True):
        opens, is_copy = case not in openers, one.story in homes
        owner = openers.setdefault(case, one.story)
        home = homes.setdefault(one.story, case)
        counts["copies"] += is_copy
        counts["joins"] += not opens
        counts["right"] += is_copy and not opens and case == home and owner == one.story
        if not opens and not is_copy:
            swallowed[one.kind] += 1
    kinds = ", ".join(f"{count} of {kind}" for kind, count in swallowed.most_common())
    remark = f"{len(homes):,} stories, {counts['copies']:,} copies, {len(openers):,} cases"
    wrong = f"{counts['joins'] - counts['right']:,} of {counts['joins']:,} joins are wrong"
    yield Line("stream: precision", counts["right"] / counts["joins"], least=0.98, remark=wrong)
    yield Line("stream: recall", counts["right"] / counts["copies"], least=0.95, remark=remark)
    share = sum(swallowed.values()) / len(homes)
    yield Line("stream: stories in another's case", share, form=".4f", remark=kinds)


def storms(draw: random.Random, texts: Sequence[str]) -> Iterator[Line]:
    """Tell how many cases a thousand light copies of one complaint make."""
    made = []
    for text in islice((text for text in texts if len(letters(text)) >= LEAST_STORY), STORMS):
        copies = [text, *(copied(draw, text, LIGHT)[0] for _ in range(STORM - 1))]
        posts = [post_of(number, copy) for number, copy in enumerate(copies)]
        with fresh_database() as database:
            halves = (posts[: STORM // 2], posts[STORM // 2 :])
            made.append(len({case for half in halves for case in fold(database, half)}))
    remark = f"{len(made)} storms of {STORM:,} posts, {fmean(made):.1f} cases on average"
    yield Line("storm: cases of one story, at most", max(made), most=1, form=".0f", remark=remark)


def costs(draw: random.Random, texts: Sequence[str], asked: int, name: str) -> Iterator[Line]:
    """Tell what deciding one of `asked` posts costs; half of them are new, the rest copies."""
    known, new = texts[: -asked // 2], texts[-asked // 2 :]
    if not known:
        yield Line(f"{name}: cost", None, remark=f"{len(texts)} texts are too few")
        return
    copies = [copied(draw, text)[0] for text in draw.choices(known, k=asked // 2)]
    posts = [
        post_of(10**6 + n, text)
        for n, text in enumerate(draw.sample([*new, *copies], k=len(new) + len(copies)))
    ]
    with fresh_database() as database:
        open_ = _open(database, known)
        for batch in BATCHES:
            best = _timed(database, posts, batch)
            slow = f"; 99 of 100 within {quantiles(best, n=100)[98]:.2f} ms" if batch == 1 else ""
            remark = f"{len(posts):,} posts, {open_:,} open cases{slow}"
            what = f"{name}: ms to decide one, {batch} at a time"
            yield Line(what, fmean(best), most=1, remark=remark)
    stored = [story_letters(post_of(0, text), HIT) for text in known]
    yield from _looped([story_letters(post, HIT) for post in posts[:LOOPED]], stored, name)


def _open(database: Database, texts: Sequence[str]) -> int:
    """Open a case for each text that is no copy of one; return how many."""
    posts = [post_of(number, text) for number, text in enumerate(texts)]
    opened = 0
    for at in range(0, len(posts), 500):
        with database.write() as connection:
            new = {one.key: one for one in decided(connection, posts[at : at + 500])}
            fresh = [one for one in new.values() if one.case_id is None]
            opened += len(open_cases(connection, fresh))
    with database.engine.connect() as connection:
        connection.exec_driver_sql("ANALYZE")
        connection.commit()
    return opened


def _timed(database: Database, posts: Sequence[Post], batch: int) -> list[float]:
    """Return for each batch the milliseconds that one of its posts took, in the best round."""
    rounds = []
    for _ in range(ROUNDS):
        times_ms = []
        with database.read() as connection:
            for at in range(0, len(posts), batch):
                some = posts[at : at + batch]
                started = time.process_time()
                decided(connection, some)
                times_ms.append(1e3 * (time.process_time() - started) / len(some))
        rounds.append(times_ms)
    return min(rounds, key=fmean)


def _looped(asked: Sequence[str], known: Sequence[str], name: str) -> Iterator[Line]:
    started = time.process_time()
    for text in asked:
        for other in known:
            fuzz.ratio(text, other, score_cutoff=85)
    loop_ms = 1e3 * (time.process_time() - started) / len(asked)
    yield Line(f"{name}: ms to compare one with each case in a loop", loop_ms)
    started = time.process_time()
    for text in asked:
        process.extractOne(text, known, scorer=fuzz.ratio, score_cutoff=85)
    loop_ms = 1e3 * (time.process_time() - started) / len(asked)
    yield Line(f"{name}: ms to do so in rapidfuzz's own loop", loop_ms)


@contextmanager
def fresh_database() -> Iterator[Database]:
    """Give an empty SQLite database with the schema."""
    with tempfile.TemporaryDirectory() as folder:
        database = Database(f"sqlite:///{folder}/cases.db")
        database.upgrade()
        yield database
        database.close()


if __name__ == "__main__":
    main()
