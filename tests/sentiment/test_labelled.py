"""Files of labelled posts: what is read, and what is refused with its place."""

from __future__ import annotations

import gzip
import json
from pathlib import Path
from typing import Any

import pytest

from sentiment.labelled import LabelledError, OtherTaskError, Task, read_labelled

GOOD = {"id": "a", "text": "表带很舒服", "label": 1}
BAD = {"id": "b", "text": "屏幕又裂了", "label": -1}
CALM = {"id": "c", "text": "今天换了表带", "label": 0}


def write(folder: Path, *rows: dict[str, Any] | str, name: str = "posts.jsonl") -> Path:
    path = folder / name
    texts = [row if isinstance(row, str) else json.dumps(row, ensure_ascii=False) for row in rows]
    content = "\n".join(texts).encode("utf-8", "surrogateescape")
    path.write_bytes(gzip.compress(content) if name.endswith(".gz") else content)
    return path


@pytest.mark.parametrize("name", ["posts.jsonl", "posts.jsonl.gz"])
def test_a_set_is_read_plain_or_packed(tmp_path: Path, name: str) -> None:
    found = read_labelled(write(tmp_path, GOOD, "", BAD, CALM | {"lang": "zh"}, name=name))
    assert (found.name, found.language, found.task) == ("posts", "zh", Task.SENTIMENT)
    assert [(one.id, one.text, one.label) for one in found.examples] == [
        ("a", "表带很舒服", 1),
        ("b", "屏幕又裂了", -1),
        ("c", "今天换了表带", 0),
    ]


def test_packed_is_told_by_content_not_by_name(tmp_path: Path) -> None:
    packed = write(tmp_path, GOOD, BAD, name="posts.jsonl.gz")
    assert len(read_labelled(packed.rename(tmp_path / "posts.data")).examples) == 2


def test_ids_may_be_left_out_and_files_begin_with_a_mark(tmp_path: Path) -> None:
    rows = [{"text": one["text"], "label": one["label"]} for one in (GOOD, BAD)]
    path = write(tmp_path, "\ufeff" + json.dumps(rows[0]), rows[1])
    assert [one.id for one in read_labelled(path).examples] == ["line 1", "line 2"]


def test_the_language_is_that_of_most(tmp_path: Path) -> None:
    rows = [GOOD | {"lang": "en"}, BAD | {"lang": "en"}, CALM]
    assert read_labelled(write(tmp_path, *rows)).language == "en"


def test_complaints(tmp_path: Path) -> None:
    rows = [BAD | {"label": 1, "task": "complaint"}, GOOD | {"label": 0, "task": "complaint"}]
    assert read_labelled(write(tmp_path, *rows)).task is Task.COMPLAINT


@pytest.mark.parametrize(
    ("row", "says"),
    [
        ("{", "not JSON"),
        ("[1]", "not an object"),
        ("[" * 100_000, "not JSON"),
        ('{"text": "caf\udce9"}', "not UTF-8"),
        ({"id": "z", "label": 1}, "text is missing"),
        ({"id": "z", "text": "", "label": 1}, "text is ''"),
        ({"id": "z", "text": 5, "label": 1}, "text is '5'"),
        ({"id": "z", "text": "x"}, "label is missing; write one of -1, 0, 1"),
        ({"id": "z", "text": "x", "label": ""}, "label is ''"),
        ({"id": "z", "text": "x", "label": "1"}, "label is '1'"),
        ({"id": "z", "text": "x", "label": True}, "label is 'True'"),
        ({"id": "z", "text": "x", "label": 2}, "label is '2'; write one of -1, 0, 1"),
        ({"id": "z", "text": "x", "label": -1, "task": "complaint"}, "task complaint, but senti"),
        ({"id": "z", "text": "x", "label": 1, "lang": 5}, "lang is '5'"),
        ({"id": [], "text": "x", "label": 1}, "id is"),
        ({"id": "", "text": "x", "label": 1}, "id is ''"),
        ({"id": "a", "text": "x", "label": 1}, "id 'a' stands in line 1 as well"),
    ],
)
def test_a_wrong_line_is_told_with_its_place(
    tmp_path: Path, row: dict[str, Any] | str, says: str
) -> None:
    path = write(tmp_path, GOOD, "", row, BAD)
    with pytest.raises(LabelledError) as told:
        read_labelled(path)
    assert str(told.value).startswith(f"{path}:3: ")
    assert says in str(told.value)


def test_labels_of_another_question_are_told_apart(tmp_path: Path) -> None:
    with pytest.raises(OtherTaskError, match=r"posts\.jsonl:1: task 'irony'"):
        read_labelled(write(tmp_path, GOOD | {"task": "irony"}))


@pytest.mark.parametrize(
    ("rows", "says"),
    [([], "has no posts"), (["", " "], "has no posts"), ([GOOD], "every label is 1")],
)
def test_what_cannot_be_measured_is_refused(tmp_path: Path, rows: list[Any], says: str) -> None:
    with pytest.raises(LabelledError, match=says):
        read_labelled(write(tmp_path, *rows))


def test_what_cannot_be_read_is_refused(tmp_path: Path) -> None:
    torn = write(tmp_path, GOOD, BAD, name="torn.jsonl.gz")
    torn.write_bytes(torn.read_bytes()[:-12])
    for path in (tmp_path / "none.jsonl", tmp_path, torn):
        with pytest.raises(LabelledError, match=f"{path}: cannot be read"):
            read_labelled(path)


def test_repeated_texts_are_counted(tmp_path: Path) -> None:
    rows = [GOOD, BAD, GOOD | {"id": "d"}, GOOD | {"id": "e", "label": -1}]
    assert read_labelled(write(tmp_path, *rows)).repeated == 2


def test_emoticons_and_emoji_can_be_left_out(tmp_path: Path) -> None:
    rows = [
        GOOD | {"text": "[鼓掌]👍🏽好用❤️[1]"},
        BAD | {"text": "[怒][怒]"},
        CALM | {"text": "array[index of it] 5️⃣"},
    ]
    bare = read_labelled(write(tmp_path, *rows)).without_emoticons()
    assert [one.text.split() for one in bare.examples] == [
        ["好用"],
        [],
        ["array[index", "of", "it]", "5"],
    ]
    assert [one.label for one in bare.examples] == [1, -1, 0]


def test_a_sample_is_spread_evenly(tmp_path: Path) -> None:
    rows = [{"id": n, "text": f"第{n}条", "label": 1 - 2 * (n < 5)} for n in range(10)]
    found = read_labelled(write(tmp_path, *rows))
    assert [one.id for one in found.sample(4)] == ["0", "2", "5", "7"]
    assert found.sample(0) == found.sample(10) == found.sample(99) == found.examples
