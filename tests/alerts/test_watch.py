"""Which posts are found, where in them, and which are not."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alerts.watch import Brand, Hit, Part, TermKind, Watch
from scrapers.post import Author, Original, Platform, Post
from tests.alerts.posts import NEBULA, OTHER, WORDS, hit_of, post, repost, watch

HARBOUR = Brand("海港航空", aliases=("HP",), complaint_words=("延误",))


def stretches(found: tuple[Hit, ...], it: Post) -> list[tuple[str, str]]:
    """Each term with the stretch of the post that it claims."""
    texts = {
        Part.TEXT: it.text,
        Part.QUOTED: it.quoted,
        Part.ORIGINAL: it.original.text if it.original else "",
    }
    return [(t.text, texts[t.part][t.start : t.end]) for hit in found for t in hit.terms]


@pytest.mark.parametrize(
    ("text", "brand", "word"),
    [
        ("星云手表要退款", "星云手表", "退款"),
        ("😀😀星云手表👨‍👩‍👧要退款", "星云手表", "退款"),
        ("星雲手錶要退款", "星雲手錶", "退款"),
        ("星云手表要退 款", "星云手表", "退 款"),
        ("星云手表要退.款", "星云手表", "退.款"),
        ("星云手表要退*款", "星云手表", "退*款"),
        ("星云手表要退丨款", "星云手表", "退丨款"),
        ("星云手表要退🈲款", "星云手表", "退🈲款"),
        ("星云手表要退 、 款", "星云手表", "退 、 款"),
        (
            "星云手表要退\u200b\u200d\ufeff\u2060\u200b款",
            "星云手表",
            "退\u200b\u200d\ufeff\u2060\u200b款",
        ),
        ("星云手表要退\U000e0100款", "星云手表", "退\U000e0100款"),
        ("星-云-手-表要退\ufe0f款", "星-云-手-表", "退\ufe0f款"),
        ("ＮＥＢＵＬＡＷＡＴＣＨ ｒｅｆｕｎｄ", "ＮＥＢＵＬＡＷＡＴＣＨ", "ｒｅｆｕｎｄ"),
        ("nebulawatch r e f u n d", "nebulawatch", "r e f u n d"),
        ("NebulaWatch r.e.f.u.n.d!", "NebulaWatch", "r.e.f.u.n.d"),
        ("NebulaWatch r-e-f-u-n-d", "NebulaWatch", "r-e-f-u-n-d"),
        ("NebulaWatch réfünd", "NebulaWatch", "réfünd"),
        ("NebulaWatch re\u0301fund", "NebulaWatch", "re\u0301fund"),
        ("NebulaWatch ⓡⓔⓕⓤⓝⓓ", "NebulaWatch", "ⓡⓔⓕⓤⓝⓓ"),
        ("NebulaWatch 𝐫𝐞𝐟𝐮𝐧𝐝", "NebulaWatch", "𝐫𝐞𝐟𝐮𝐧𝐝"),
        ("NebulaWatch’s refunds", "NebulaWatch", "refunds"),
        ("NebulaWatch refunded me", "NebulaWatch", "refunded"),
        ("refunding two NebulaWatches", "NebulaWatches", "refunding"),
        ("NebulaWatch2 is broken", "NebulaWatch", "broken"),
        ("NebulaWatch™ broken", "NebulaWatch", "broken"),
        ("my NebulaWatch doesn’t  work", "NebulaWatch", "doesn’t  work"),
        ("my NebulaWatch doesnt work", "NebulaWatch", "doesnt work"),
        ("NebulaWatch is not   working", "NebulaWatch", "not   working"),
        ("NebulaWatch, a ripoff", "NebulaWatch", "ripoff"),
        ("a rip off, NebulaWatch", "NebulaWatch", "rip off"),
        ("#NebulaWatchRipOff", "NebulaWatch", "RipOff"),
        ("@NebulaWatch_cn refund", "NebulaWatch", "refund"),
        ("@星云手表 退款", "星云手表", "退款"),
        ("#星云手表#退款", "星云手表", "退款"),
        ("我的nebulawatch要refund了", "nebulawatch", "refund"),
    ],
)
def test_disguised_words_are_found_where_they_stand(text: str, brand: str, word: str) -> None:
    it = post(text)
    (hit,) = watch().match(it)
    named = [t for t in hit.terms if t.kind is TermKind.BRAND]
    complained = [t for t in hit.terms if t.kind is TermKind.COMPLAINT]
    assert [text[t.start : t.end] for t in named] == [brand]
    assert [text[t.start : t.end] for t in complained] == [word]
    assert {t.part for t in hit.terms} == {Part.TEXT}


@pytest.mark.parametrize(
    "text",
    [
        "",
        "星云手表很好看",
        "要退款",
        "星云手表不退。款式不错",
        "星云手表不退，款式不错",
        "星云手表不退!款式不错",
        "星云手表不退\n款式不错",
        "星云手表退——————款",
        "星云手表 refundable",
        "星云手表 prerefund",
        "星云手表 brokenhearted",
        "星云手表 re fund",
        "星云手表 r efund",
        "NebulaWatchdog refund",
        "星云手表 is not. Working",
        "星云手表 not really working",
        "星云大师说有问题",
        "星云 大师要退款",
    ],
)
def test_what_only_looks_alike_is_not_found(text: str) -> None:
    assert watch().match(post(text)) == ()


@pytest.mark.parametrize(
    ("text", "stretch"),
    [
        ("星云大师戴的星云有问题", (6, 8)),
        ("星云有问题，问星云大师", (0, 2)),
    ],
)
def test_a_homonym_does_not_hide_the_brand_beside_it(text: str, stretch: tuple[int, int]) -> None:
    (hit,) = watch().match(post(text))
    assert [(t.start, t.end) for t in hit.terms if t.kind is TermKind.BRAND] == [stretch]


def test_a_longer_name_survives_the_homonym_within_it() -> None:
    brand = replace(NEBULA, aliases=("星云", "星云大师表"))
    it = post("星云大师表退款")
    assert stretches(Watch([brand], WORDS).match(it), it) == [
        ("星云大师表", "星云大师表"),
        ("退款", "退款"),
    ]


def test_a_homonym_of_one_brand_is_no_homonym_of_another() -> None:
    other = Brand("大师")
    found = Watch([NEBULA, other], WORDS).match(post("星云大师退款"))
    assert [hit.brand for hit in found] == ["大师"]


def test_one_hit_per_brand_with_the_longest_terms_in_reading_order() -> None:
    it = post("退款！星云手表有问题，nebulawatch 要退款")
    found = watch().match(it)
    assert stretches(found, it) == [
        ("星云手表", "星云手表"),
        ("NebulaWatch", "nebulawatch"),
        ("退款", "退款"),
        ("问题", "问题"),
        ("退款", "退款"),
    ]
    custom = Watch([NEBULA], ["退", "退款", "不退款"])
    it = post("星云手表不退款，退")
    assert stretches(custom.match(it), it)[1:] == [("不退款", "不退款"), ("退", "退")]


def test_each_brand_has_its_own_complaint_words() -> None:
    custom = Watch([NEBULA, HARBOUR], WORDS)
    assert [hit.brand for hit in custom.match(post("星云手表和海港航空都退款"))] == [
        "星云手表",
        "海港航空",
    ]
    found = custom.match(post("星云手表和海港航空，延误"))
    assert [(hit.brand, hit.terms[-1].text) for hit in found] == [("海港航空", "延误")]


def test_short_latin_names_are_whole_words_never_spelled_out() -> None:
    custom = Watch([HARBOUR], WORDS)
    assert custom.match(post("HP refund"))
    assert custom.match(post("HP的refund"))
    assert not custom.match(post("H P refund"))
    assert not custom.match(post("HPs refund"))
    assert not custom.match(post("shp refund"))


def test_a_complaint_word_inside_the_name_does_not_count() -> None:
    custom = Watch([Brand("问题少年")], ["问题"])
    assert custom.match(post("问题少年的新歌真好听")) == ()
    (hit,) = custom.match(post("问题少年的票有问题"))
    assert [(t.start, t.end) for t in hit.terms] == [(0, 4), (7, 9)]


def test_terms_say_in_which_part_they_stand() -> None:
    root = Original("1", "星云手表用了三天", OTHER)
    it = post("太气人了", quoted="//@甲:要退款", original=root)
    (hit,) = watch().match(it)
    assert [(t.part, t.text) for t in hit.terms] == [
        (Part.ORIGINAL, "星云手表"),
        (Part.QUOTED, "退款"),
    ]
    assert stretches((hit,), it) == [("星云手表", "星云手表"), ("退款", "退款")]
    assert not hit.own_brand
    assert not hit.own_complaint


def test_the_authors_own_words_are_told_apart() -> None:
    own = hit_of(post())
    assert own.own_brand
    assert own.own_complaint
    passed_on = hit_of(repost("退款", post("星云手表又黑屏")))
    assert passed_on.own_complaint
    assert not passed_on.own_brand


@pytest.mark.parametrize(
    ("platform", "author", "found"),
    [
        (Platform.WEIBO, "6004281123", 0),
        (Platform.WEIBO, "900100", 1),
        (Platform.TWITTER, "900100", 0),
        (Platform.TWITTER, "6004281123", 1),
    ],
)
def test_the_brands_own_posts_are_no_hits(platform: Platform, author: str, found: int) -> None:
    it = post("星云手表退款流程", platform=platform, author=Author(author, "x"))
    assert len(watch().match(it)) == found
    assert watch().names(it) == ("星云手表",)


def test_an_empty_account_is_nobodys() -> None:
    custom = Watch([Brand("星云手表", accounts={Platform.WEIBO: ""})], WORDS)
    assert custom.match(post(author=Author("", "deleted")))
    assert custom.names(post("退款", original=Original("1", "", Author("", "gone")))) == ()


def test_a_mention_on_x_names_the_brand_without_a_word() -> None:
    it = post("please refund me", platform=Platform.TWITTER, mentions=("5", "900100"))
    (hit,) = watch().match(it)
    assert hit.addressed
    assert hit.own_brand
    assert [t.text for t in hit.terms] == ["refund"]
    assert not watch().match(replace(it, mentions=("5",)))
    # On Weibo mentions are names, and a name may be any digits.
    assert not watch().match(replace(it, platform=Platform.WEIBO, mentions=("6004281123",)))


def test_what_the_brand_wrote_does_not_complain_but_answers_to_it_do() -> None:
    brand = Author("6004281123", "星云手表官方")
    announcement = post("星云手表：七天无理由退款，有问题找客服", author=brand)
    assert watch().match(repost("好耶", announcement)) == ()
    (hit,) = watch().match(repost("我的退款呢", announcement))
    assert [(t.part, t.text) for t in hit.terms if t.kind is TermKind.COMPLAINT] == [
        (Part.TEXT, "退款")
    ]
    assert hit.addressed
    unnamed = replace(announcement, text="新品明天上市")
    assert [h.brand for h in watch().match(repost("先把退款给我", unnamed))] == ["星云手表"]


def test_names_are_told_without_a_complaint() -> None:
    custom = Watch([HARBOUR, NEBULA], WORDS)
    assert custom.names(post("星云手表和海港航空合作")) == ("海港航空", "星云手表")
    assert custom.names(post("星云大师开讲")) == ()


def test_the_version_follows_the_rules_and_not_their_order() -> None:
    def version(*brands: Brand, words: tuple[str, ...] = WORDS) -> str:
        return Watch(brands, words).version

    first = version(NEBULA, HARBOUR)
    assert first == version(HARBOUR, NEBULA, words=WORDS[::-1])
    assert first == version(replace(NEBULA, aliases=("星云", "NebulaWatch")), HARBOUR)
    changed = [
        version(NEBULA),
        version(NEBULA, HARBOUR, words=WORDS[1:]),
        version(replace(NEBULA, exclude=()), HARBOUR),
        version(replace(NEBULA, accounts={}), HARBOUR),
        version(replace(NEBULA, complaint_words=("黑屏",)), HARBOUR),
    ]
    assert len({first, *changed}) == 1 + len(changed)
    assert len(first) <= 16
    assert watch().match(post())[0].rules_version == watch().version


def test_a_watch_without_words_finds_nothing() -> None:
    assert Watch([], WORDS).match(post()) == ()
    assert Watch([NEBULA], []).match(post()) == ()
    assert Watch([Brand("…")], ["？"]).match(post("……？")) == ()


@given(
    before=st.text(alphabet="好看a1 。😀\u200b", max_size=12),
    gaps=st.lists(st.text(alphabet=" .*-_、😀\u200b\u0301", max_size=3), min_size=3, max_size=3),
    after=st.text(alphabet="好看a1 。😀\u200b", max_size=12),
)
def test_any_padding_between_ideographs_is_seen_through(
    before: str, gaps: list[str], after: str
) -> None:
    written = "星" + "".join(gap + letter for gap, letter in zip(gaps, "云手表", strict=True))
    it = post(f"{before}{written}{after}。退款")
    (hit,) = watch().match(it)
    name = hit.terms[0]
    assert name.text == "星云手表"
    assert it.text[name.start : name.end] == written


@given(st.text(), st.text())
def test_every_text_is_taken_and_positions_lie_inside(text: str, quoted: str) -> None:
    it = post(f"{text}星云手表 退款{text}", quoted=f"{quoted}退款")
    for hit in watch().match(it):
        for term in hit.terms:
            part = it.text if term.part is Part.TEXT else it.quoted
            assert 0 <= term.start < term.end <= len(part)
            assert part[term.start : term.end].strip()


def test_a_text_full_of_terms_is_read_in_linear_time() -> None:
    (hit,) = Watch([NEBULA], WORDS).match(post("星云大师星云退款" * 1500))
    assert len(hit.terms) == 3000
