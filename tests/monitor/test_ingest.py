"""Posts from files: good lines become cases, bad lines are kept with number and reason."""

from __future__ import annotations

import io
import json
from collections.abc import Callable, Iterable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import func, insert, select

from monitor.bootstrap import Setting, build_ingest, build_judging
from monitor.config import parse
from monitor.ingest import BATCH, LineError, Summary, parse_line
from monitor.live_config import LiveConfig
from monitor.secrets import Secrets
from monitor.storage import tables as t
from monitor.storage.database import Database
from scrapers.post import Author, Platform, Post
from sentiment.loading import load_scorer
from tests.conftest import Clock

NOW = datetime(2026, 11, 22, 4, 0, tzinfo=UTC)
AT = "2026-11-22T11:59:00+08:00"
COMPLAINT = "星云手表买了三天就坏了，客服一直不理人，我要投诉，要求退款！"
CALM = "今天天气不错，去公园走走"
GOOD: dict[str, Any] = {
    "platform": "weibo",
    "id": "5300000000000001",
    "text": COMPLAINT,
    "created_at": AT,
    "author": {"id": "7001", "name": "阿林", "followers": 1280},
    "url": "https://weibo.com/7001/5300000000000001",
}


def line(**changes: Any) -> str:
    return json.dumps({**GOOD, **changes}, ensure_ascii=False) + "\n"


def complaint(number: int) -> str:
    """A complaint of its own: another author, another story."""
    author = {"id": f"a{number}", "name": "某", "followers": 1}
    return line(id=str(number), text=f"{COMPLAINT}订单{number * 7919}", author=author)


class Feed:
    """The ingest of a database, and what it rejected."""

    def __init__(self, database: Database, now: Callable[[], datetime]) -> None:
        config = parse("brands: [{name: 星云手表}]\nsentiment: {scorer: words}", "t.yaml", {})
        setting = Setting(config, Secrets(), now=now, scorer=load_scorer("words"))
        live = LiveConfig(None, {}, config)
        judging = build_judging(setting, database, live)
        self._ingest = build_ingest(setting, database, live, judging)
        self._database = database
        self.rejected: list[dict[str, Any]] = []
        self.steps: list[int] = []

    def __call__(self, lines: Iterable[str]) -> Summary:
        rejects = io.StringIO()
        self.steps = []
        summary = self._ingest.run(lines, rejects, self.steps.append)
        self.rejected = [json.loads(one) for one in rejects.getvalue().splitlines()]
        return summary

    def stored(self, column: Any) -> list[Any]:
        with self._database.read() as connection:
            return list(connection.execute(select(column).order_by(column)).scalars())

    def unjudged(self) -> int:
        with self._database.read() as connection:
            waiting = select(func.count()).where(t.hit.c.judged_at.is_(None))
            return connection.execute(waiting).scalar_one()


@pytest.fixture
def feed(database: Database, clock: Clock) -> Feed:
    return Feed(database, clock)


def counted(summary: Summary) -> dict[str, int]:
    names = ("read", "new", "duplicates", "hits", "cases", "rejected")
    return {name: getattr(summary, name) for name in names}


# Lines


def test_a_whole_line_is_a_whole_post() -> None:
    assert parse_line(line(), NOW) == Post(
        platform=Platform.WEIBO,
        id="5300000000000001",
        author=Author("7001", "阿林", 1280),
        text=COMPLAINT,
        published_at=datetime(2026, 11, 22, 3, 59, tzinfo=UTC),
        url="https://weibo.com/7001/5300000000000001",
    )


def test_the_least_that_a_line_needs() -> None:
    post = parse_line('{"platform": "twitter", "id": 20, "text": "x"}', NOW)
    assert (post.platform, post.id, post.published_at) == (Platform.TWITTER, "20", NOW)
    assert post.author == Author("", "")


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"author": None}, Author("", "")),
        ({"author": {}}, Author("", "")),
        ({"author": {"id": 7, "handle": "lin"}}, Author("7", "", handle="lin")),
        ({"author": {"id": "", "name": None, "followers": 0}}, Author("", "", 0)),
    ],
)
def test_an_author_may_be_partly_unknown(changes: dict[str, Any], expected: Author) -> None:
    assert parse_line(line(**changes), NOW).author == expected


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("2026-11-22T03:59:00Z", "2026-11-22T03:59:00+00:00"),
        ("2026-11-22 11:59:00.5+08:00", "2026-11-22T03:59:00.500000+00:00"),
        ("2026-11-22T05:00:00Z", "2026-11-22T05:00:00+00:00"),
        ("2006-01-01T00:00:00Z", "2006-01-01T00:00:00+00:00"),
    ],
)
def test_times_are_read_with_their_zone(written: str, meant: str) -> None:
    at = parse_line(line(created_at=written), NOW).published_at
    assert at.isoformat() == meant
    assert at.tzinfo is UTC


BAD = [
    ("", "not JSON"),
    ("{", "not JSON"),
    ("nan", "not JSON"),
    ("[" * 100_000, "not JSON"),
    ('{"id": ' + "1" * 5000 + "}", "not JSON"),
    ("[]", "not an object"),
    ('"x"', "not an object"),
    (line(text="caf\udce9"), "not UTF-8"),
    (line(platform="bluesky"), "platform is 'bluesky'; write weibo or twitter"),
    (line(platform=None), "write weibo or twitter"),
    (line(platform=["weibo"]), "write weibo or twitter"),
    (line(id=None), "id is 'None'; write 1 to 64"),
    (line(id=""), "write 1 to 64"),
    (line(id="1" * 65), "write 1 to 64"),
    (line(id=10**64), "write 1 to 64"),
    (line(id="1 2"), "write 1 to 64"),
    (line(id="1\n"), "write 1 to 64"),
    (line(id="1\0"), "write 1 to 64"),
    (line(id="一"), "write 1 to 64"),
    (line(id=True), "write 1 to 64"),
    (line(id=1.5), "write 1 to 64"),
    (line(text=None), "text is 'None'"),
    (line(text=""), "text is ''"),
    (line(text=["a"]), "text is"),
    (line(created_at="yesterday"), "created_at is 'yesterday'; write ISO 8601"),
    (line(created_at="2026-11-22T11:59:00"), "add +08:00 or Z"),
    (line(created_at=1763800000), "write ISO 8601 text"),
    (line(created_at="2026-11-22T05:00:01Z"), "from 2006 until now"),
    (line(created_at="9999-12-31T23:59:59Z"), "from 2006 until now"),
    (line(created_at="0001-01-01T00:00:00+14:00"), "from 2006 until now"),
    (line(author="阿林"), "author is '阿林'; write an object"),
    (line(author=[]), "write an object"),
    (line(author={"id": "7" * 65}), "id is"),
    (line(author={"id": "7", "name": 5}), "name is '5'; write text"),
    (line(author={"id": "7", "followers": "many"}), "author.followers is 'many'"),
    (line(author={"id": "7", "followers": True}), "write a whole number"),
    (line(author={"id": "7", "followers": -1}), "write a whole number"),
    (line(author={"id": "7", "followers": 2**62}), "write a whole number"),
    (line(url="javascript:alert(1)"), "url is 'javascript:alert(1)'; write http"),
    (line(url="https://h/ x"), "write http"),
    (line(url=5), "url is '5'"),
]


@pytest.mark.parametrize(("bad", "says"), BAD, ids=range(len(BAD)))
def test_a_line_that_is_no_post_says_what_is_wrong(bad: str, says: str) -> None:
    with pytest.raises(LineError) as caught:
        parse_line(bad, NOW)
    assert says in str(caught.value)
    assert len(str(caught.value)) < 250


values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=6,
)
times = st.datetimes(timezones=st.timezones() | st.just(UTC)).map(datetime.isoformat)
fields = {
    "platform": st.sampled_from(["weibo", "twitter"]) | values,
    "id": st.integers().map(str) | st.integers() | values,
    "text": st.text(min_size=1) | values,
    "created_at": times | values,
    "author": st.fixed_dictionaries({}, optional={"id": values, "followers": values}) | values,
    "url": st.text().map("https://h/{}".format) | values,
}


@given(st.fixed_dictionaries({}, optional=fields) | values)
def test_any_json_is_a_sound_post_or_a_line_error(data: Any) -> None:
    expect_post_or_line_error(json.dumps(data))


@given(st.text())
def test_any_text_is_a_sound_post_or_a_line_error(text: str) -> None:
    expect_post_or_line_error(text)


def expect_post_or_line_error(text: str) -> None:
    try:
        post = parse_line(text, NOW)
    except LineError:
        return
    assert post.published_at.tzinfo is UTC
    assert post.published_at <= NOW + timedelta(hours=1)
    assert 1 <= len(post.id) <= 64
    assert post.id.isascii()
    assert post.text
    assert post.url.startswith("http") or not post.url


# Files


def test_good_lines_become_posts_hits_and_cases(feed: Feed) -> None:
    lines = [complaint(1), "\n", line(id="2", text=CALM), "   \n", complaint(3)]
    assert counted(feed(lines)) == {
        "read": 3,
        "new": 3,
        "duplicates": 0,
        "hits": 2,
        "cases": 2,
        "rejected": 0,
    }
    assert feed.unjudged() == 0
    assert feed.stored(t.post.c.source) == ["ingest"] * 3


def test_a_bad_line_is_kept_with_number_reason_and_raw_text_and_the_rest_goes_on(
    feed: Feed,
) -> None:
    raw = '{"platform": "weibo", "id": "9", "text": "caf\udce9"}'
    summary = feed([complaint(1), "\n", "nonsense\n", raw + "\n", complaint(2)])
    assert (summary.read, summary.new, summary.rejected) == (4, 2, 2)
    assert [(one["line"], one["raw"]) for one in feed.rejected] == [(3, "nonsense"), (4, raw)]
    assert feed.rejected[0]["error"].startswith("not JSON")
    assert feed.rejected[1]["error"].startswith("not UTF-8")


def test_line_numbers_count_on_over_batches(feed: Feed) -> None:
    summary = feed(["\n"] * (BATCH + 4) + ["bad\n"])
    assert (summary.read, summary.rejected, feed.steps) == (1, 1, [BATCH, 5])
    assert feed.rejected[0]["line"] == BATCH + 5


def test_a_post_counts_once_within_and_across_batches(feed: Feed) -> None:
    calm = [line(id=str(n), text=CALM) for n in range(BATCH - 2)]
    summary = feed([complaint(9001), complaint(9001), *calm, complaint(9001), complaint(9002)])
    assert (summary.read, summary.new, summary.duplicates) == (BATCH + 2, BATCH, 2)
    assert (summary.hits, summary.cases) == (2, 2)


def test_the_same_id_on_two_platforms_is_two_posts(feed: Feed) -> None:
    summary = feed([line(id="1"), line(id="1", platform="twitter")])
    assert (summary.new, summary.duplicates) == (2, 0)


def test_reading_a_file_again_changes_nothing(feed: Feed) -> None:
    lines = [complaint(n) for n in range(20)] + ["bad\n"]
    first = feed(lines)
    tables = (t.post, t.hit, t.verdict, t.alert_case, t.alert)
    before = [feed.stored(table.c.id) for table in tables]
    for _ in range(2):
        again = feed(lines)
        assert counted(again) == {
            "read": 21,
            "new": 0,
            "duplicates": 20,
            "hits": 0,
            "cases": 0,
            "rejected": 1,
        }
    assert first.cases == 20
    assert [feed.stored(table.c.id) for table in tables] == before


def test_what_an_interrupted_run_left_unjudged_is_judged(feed: Feed, database: Database) -> None:
    feed([complaint(1)])
    with database.write() as connection:
        post_id = connection.execute(select(t.post.c.id)).scalar_one()
        values = {"post_id": post_id, "brand": "星云", "terms": [], "rules_version": "r"}
        connection.execute(insert(t.hit).values(**values, matched_at=NOW))
    assert feed([]).read == 0
    assert feed.unjudged() == 0


def test_hits_are_judged_as_reading_goes_on(feed: Feed) -> None:
    waiting: list[int] = []

    def lines() -> Iterable[str]:
        for number in range(BATCH + 1):
            if number % BATCH == 0:
                waiting.append(feed.unjudged())
            yield line(id=str(number), text=COMPLAINT if number < 510 else CALM)

    summary = feed(lines())
    assert summary.hits == 510
    assert waiting == [0, 0]


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("星云手表\0坏了，退款！", "星云手表\ufffd坏了，退款！"),
        ("星云手表坏了\ud83d，退款！", "星云手表坏了?，退款！"),
        ("星云手表坏了😡🏳️‍🌈，退款！", "星云手表坏了😡🏳️‍🌈，退款！"),
        ("星云手表坏了，退款！" * 1000, "星云手表坏了，退款！" * 1000),
    ],
    ids=["NUL", "lone surrogate", "emoji", "long"],
)
def test_odd_characters_are_kept_or_replaced_in_place(
    feed: Feed, database: Database, text: str, kept: str
) -> None:
    raw = json.dumps({**GOOD, "text": text, "author": {"id": "7", "name": f"{text[:8]}"}})
    assert counted(feed([raw])) | {"cases": 0} == {
        "read": 1,
        "new": 1,
        "duplicates": 0,
        "hits": 1,
        "cases": 0,
        "rejected": 0,
    }
    assert feed.stored(t.post.c.text) == [kept]
    with database.read() as connection:
        terms = connection.execute(select(t.hit.c.terms)).scalar_one()
    assert {term for term, *_ in terms} == {"星云手表", "坏了", "退款"}
    assert all(kept[start:end] == term for term, _, _, start, end in terms)


def test_huge_numbers_are_stored(feed: Feed) -> None:
    author = {"id": "7", "name": "某", "followers": 2**62 - 1}
    assert feed([line(id="9" * 64, author=author)]).new == 1
    assert feed.stored(t.post.c.author_followers) == [2**62 - 1]


def test_the_summary_is_one_line_of_json_with_the_agreed_keys(feed: Feed) -> None:
    text = feed([complaint(1), complaint(1)]).to_json()
    assert "\n" not in text
    assert list(json.loads(text)) == [
        "read",
        "new",
        "duplicates",
        "hits",
        "cases",
        "rejected",
        "seconds",
        "posts_per_s",
    ]


def test_an_empty_file_is_a_summary_of_nothing(feed: Feed) -> None:
    summary = feed([])
    assert counted(summary) == dict.fromkeys(counted(summary), 0)
    assert feed.steps == []
