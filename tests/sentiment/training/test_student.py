"""The pupil is the shipped network in training, and learns what it is told."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

torch = pytest.importorskip("torch", reason="the dependency group `train` is not installed")

from sentiment.model.features import features  # noqa: E402
from sentiment.model.network import Network, load_network  # noqa: E402
from sentiment.model.shipped import ShippedScorer  # noqa: E402
from sentiment.training import make  # noqa: E402
from sentiment.training.corpus import Corpus, Example, Task  # noqa: E402
from sentiment.training.exercises import compact, exercises  # noqa: E402
from sentiment.training.fragments import Fragment  # noqa: E402
from sentiment.training.make import export, known_pairs, measure, named  # noqa: E402
from sentiment.training.ragged import Shelf, ragged  # noqa: E402
from sentiment.training.student import Pupil, Recipe, loss_of, teach  # noqa: E402
from tests.sentiment.model.slow import grams  # noqa: E402
from tests.sentiment.training.folder import Posts, labelled, post, write_part  # noqa: E402

pytestmark = pytest.mark.filterwarnings("ignore:index_reduce.. is in beta")

SMALL = Recipe(width=3, window=4, hidden=5, epochs=40, batch=16, rate=0.05, decay=0.0)
TEXTS = ["坏了", "", "it's broken, 退款!", "  ", "no", "好" * 30, "客服 didn't reply\n三天"]


def corpus(name: str, task: Task, *labelled: tuple[str, int]) -> Corpus:
    examples = (Example(f"{name}-{n}", text, label) for n, (text, label) in enumerate(labelled))
    return Corpus(name, "train", "zh", task, tuple(examples))


def pupil_of(seed: int) -> Pupil:
    torch.manual_seed(seed)
    pupil = Pupil(replace(SMALL, seed=seed))
    for each in pupil.parameters():
        torch.nn.init.uniform_(each, -0.5, 0.5)
    return pupil.eval()


def said(pupil: Pupil, texts: list[str]) -> np.ndarray:
    with torch.no_grad():
        answer: np.ndarray = pupil(Shelf(ragged(texts)).batch(np.arange(len(texts)))).numpy()
    return answer


def outputs(network: Network, texts: list[str]) -> np.ndarray:
    return network.outputs(network.read(features(texts)))


@pytest.mark.parametrize("seed", [1, 2])
def test_the_exported_network_says_what_the_pupil_says(seed: int) -> None:
    pupil = pupil_of(seed)
    network = export(pupil)
    with torch.no_grad():
        # What is lost in rounding to eight bits is no fault of either.
        rounded = (network.vectors * network.scales).astype(np.float32)
        assert np.abs(rounded - pupil.vectors.weight.numpy()).max() <= network.scales.max() / 1.9
        pupil.vectors.weight.copy_(torch.from_numpy(rounded))
    answer = said(pupil, TEXTS)
    shipped = outputs(network, TEXTS)
    assert shipped[:, :3] == pytest.approx(answer[:, :3], rel=1e-4, abs=1e-4)
    assert shipped[:, 3] == pytest.approx(answer[:, 4] - answer[:, 3], rel=1e-4, abs=1e-4)
    assert np.ptp(shipped, axis=0).min() > 0.01


def test_a_text_alone_says_what_it_says_in_company() -> None:
    pupil = pupil_of(3)
    together = said(pupil, TEXTS)
    for number, text in enumerate(TEXTS):
        assert said(pupil, [text])[0] == pytest.approx(together[number], abs=1e-5)


def test_versions_tell_networks_apart() -> None:
    first, again, other = (named(export(pupil_of(seed))).version for seed in (1, 1, 2))
    assert first == again != other


LESSONS = [
    corpus(
        "a",
        Task.POLARITY,
        *[
            ("店坏了", -1),
            ("店太差", -1),
            ("店在街上", 0),
            ("店开门", 0),
            ("店真好", 1),
            ("店很棒", 1),
        ]
        * 4,
    ),
    corpus(
        "b", Task.COMPLAINT, *[("我要退款", 1), ("没人理我", 1), ("很满意", 0), ("路过", 0)] * 4
    ),
]


def test_it_learns_its_labels() -> None:
    network = export(teach(SMALL, exercises(LESSONS, {})))
    polarity, complaint = (measure(network, each) for each in LESSONS)
    assert (polarity.outputs[:, :3].argmax(axis=1) - 1).tolist() == polarity.labels.tolist()
    assert ((complaint.outputs[:, 3] > 0) == complaint.labels).all()


def test_equal_lessons_make_equal_pupils() -> None:
    short = replace(SMALL, epochs=2)
    first, again, other = (
        named(export(teach(recipe, exercises(LESSONS, {})))).version
        for recipe in (short, short, replace(short, seed=2))
    )
    assert first == again != other


def test_it_believes_the_teacher_about_texts_without_labels() -> None:
    """Posts without a word of the parts' moods; only the teacher speaks of these."""
    post_of = corpus("a", Task.POLARITY, ("门口，菜很咸，上菜快", 0))
    bad, good = Fragment("a", "a-0", 3, 6), Fragment("a", "a-0", 7, 10)
    told = {
        ("a", bad.key): np.array([6, 0, -6, -3, 3], dtype=np.float32),
        ("a", good.key): np.array([-6, 0, 6, 3, -3], dtype=np.float32),
    }
    network = export(teach(replace(SMALL, epochs=300), exercises([post_of], told, [bad, good])))
    first, second = outputs(network, ["菜很咸", "上菜快"])
    assert (first[:3].argmax(), second[:3].argmax()) == (0, 2)
    assert first[3] > 0 > second[3]


@pytest.mark.parametrize("share", [0.0, 0.7, 1.0])
def test_the_loss_is_shared_between_label_and_teacher(share: float) -> None:
    recipe = Recipe(teacher_share=share, label_smoothing=0.0, complaint_weight=0.5)
    told = np.array([2, 0, -1, 1, -1], dtype=np.float32)
    posts = corpus("a", Task.POLARITY, ("店", -1), ("店", -1))
    given = exercises([posts], {("a", "a-0"): told})
    answer = torch.tensor([[0.5, 0.1, -0.2, 0.3, 0.4, 9.0, 9.0, 9.0, 9.0]] * 2)

    def shares(row: np.ndarray) -> np.ndarray:
        raised: np.ndarray = np.exp(row) / np.exp(row).sum()
        return raised

    def divergence(part: slice) -> float:
        aim, said = shares(told[part]), shares(answer[0, part].numpy())
        return float((aim * np.log(aim / said)).sum())

    own = -float(np.log(shares(answer[0, :3].numpy())[0]))
    taught = (1 - share) * own + share * (divergence(slice(3)) + 0.5 * divergence(slice(3, 5)))
    found = [float(loss_of(recipe, given, answer[:1], np.array([n]))) for n in (0, 1)]
    assert found == [pytest.approx(taught, abs=1e-5), pytest.approx(own, abs=1e-5)]


def test_two_sided_labels_say_nothing_of_neutral() -> None:
    given = exercises([corpus("waimai", Task.TWO_SIDED, ("店", -1), ("店", 1))], {})
    answer = torch.zeros(2, 9, requires_grad=True)
    loss_of(Recipe(), given, answer, np.arange(2)).backward()
    assert answer.grad is not None
    assert (
        answer.grad[:, 1:2].tolist()
        == answer.grad[:, 3:].sum(1, keepdim=True).tolist()
        == [[0], [0]]
    )
    assert (answer.grad[0, 0], answer.grad[1, 2]) < (0, 0)


def test_pairs_of_two_posts_are_known_and_those_of_one_are_not() -> None:
    posts = corpus("a", Task.POLARITY, ("退款没到", 1), ("退款太慢", 1), ("没有", 1))
    known = known_pairs([posts])

    def is_known(pair: str) -> bool:
        (gram,) = grams(pair)[1]
        return bool(known[gram.key // 8] >> gram.key % 8 & 1)

    assert [pair for pair in ("退款", "款没", "太慢", "没有") if is_known(pair)] == ["退款"]
    whole = replace(export(pupil_of(1)), known=known)
    assert whole.coverage(features(["退款", "退款啊", "没有"])).tolist() == [1, 0.5, 0]


def english(part: str) -> Posts:
    return {
        "tweets_en": [
            post(f"t-{part}-{n}", text, label, "en")
            for n, (text, label) in enumerate([("it broke", -1), ("a shop", 0), ("love it", 1)] * 4)
        ],
        "complaint_en": [
            post(f"c-{part}-{n}", text, label, "en")
            for n, (text, label) in enumerate([("where is my refund", 1), ("nice day", 0)] * 4)
        ],
    }


@pytest.fixture
def data(tmp_path: Path) -> Path:
    for part in ("train", "dev"):
        write_part(tmp_path / "data", part, labelled(part) | english(part))
    return tmp_path / "data"


@pytest.fixture
def answers(tmp_path: Path) -> Path:
    """What a teacher might have said of two posts and of a part of one."""
    logits = compact(np.array([[3.0, 0, -3, -1, 1, 0, 0, 0, 0], [-3, 0, 3, 1, -1, 0, 0, 0, 0]]))
    keys = {"train": ["t-train-0", "t-train-2"], "fragments": ["t-train-0:3:8", "t-train-2:0:4"]}
    (tmp_path / "answers").mkdir()
    for name, ids in keys.items():
        path = tmp_path / "answers" / f"teacher-{name}.npz"
        np.savez(path, set=np.array(["tweets_en"] * 2), id=np.array(ids), logits=logits)
    return tmp_path / "answers"


def test_a_model_is_made_from_a_folder(
    tmp_path: Path,
    data: Path,
    answers: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    versions = []
    for name in ("one.npz", "two.npz"):
        words = f"make --data {data} --teacher {answers} --out {tmp_path / name} --threads 1"
        words += " --width 3 --window 4 --hidden 5 --epochs 2 --batch 64"
        monkeypatch.setattr("sys.argv", words.split())
        make.main()
        versions.append(load_network(tmp_path / name).version)
    told = capsys.readouterr().out
    assert versions[0] == versions[1]
    assert f"version {versions[0]}" in told
    assert "complaint_zh" in told
    assert "mean en" in told
    assert "nan" not in told
    network = load_network(tmp_path / "one.npz")
    assert set(network.calibration) == {"zh", "en"}
    assert network.known.any()
    (score,) = ShippedScorer(network).score(["where is my refund"])
    assert score.complaint is not None
