"""The self-test lets right translations through in any words, and nothing else."""

from collections.abc import Iterable, Iterator, Sequence

import pytest

from models import catalog, golden
from models.catalog import Golden
from models.engines.engine import DecodeOptions, Engine, Hypothesis, Tokens
from models.errors import ModelUnfit
from models.golden import Article, Known, examine, passed, policy

ARABIC = Known(catalog.language("ar").golden)
ARTICLE = Article(catalog.golden_article())
RIGHT = [
    "The president arrived in the capital on Monday.",
    "Three people were injured in the accident.",
    "The meeting will be held next week.",
]


class Words:
    """A tokenizer of words."""

    def encode(self, text: str) -> list[str]:
        return text.split()

    def encode_target(self, text: str) -> list[str]:
        return text.split()

    def decode(self, tokens: Iterable[str]) -> str:
        return " ".join(tokens)


class Says(Engine):
    """An engine that gives fixed answers, or refuses."""

    name = "says-1.0"

    def __init__(self, *answers: str) -> None:
        self.answers = answers
        self.asked: list[DecodeOptions] = []

    def stream(
        self, sources: Sequence[Tokens], options: DecodeOptions
    ) -> Iterator[dict[int, Hypothesis]]:
        self.asked.append(options)
        if not self.answers:
            raise ValueError("source 0 has 449 tokens; the model takes 64")
        found = (Hypothesis(tuple(answer.split()), -0.1, True) for answer in self.answers)
        yield dict(enumerate(found))

    def score(
        self, sources: Sequence[Tokens], targets: Sequence[Tokens]
    ) -> list[tuple[float, ...]]:
        return [(0.0,) * (len(target) + 1) for target in targets]


@pytest.mark.parametrize(
    "outputs",
    [
        RIGHT,
        ["The President reached the capital on Monday.", "Three persons were hurt in the accident.",
         "The meeting will take place next week."],
        ["The president has come to the capital Monday.", "Three people injured in accident.",
         "The meeting is to be held in the next week."],
        ["On Monday, the chairman arrived in the capital.", "In the crash, three were injured.",
         "The meeting will be next week."],
    ],
)  # fmt: skip
def test_right_translations_pass(outputs: list[str]) -> None:
    assert ARABIC.complaint(outputs) is None


@pytest.mark.parametrize(
    "outputs",
    [
        ["", "", ""],
        ["the the the the the the the the"] * 3,
        ["ta ta ta memememememe", "fi xo", "Archive Archive Archive Archive"],
        ["I don't know what you're talking about."] * 3,
        [RIGHT[1], RIGHT[2], RIGHT[0]],
        list(ARABIC.inputs),
    ],
)
def test_wrong_translations_fail(outputs: list[str]) -> None:
    assert ARABIC.complaint(outputs) is not None


@pytest.mark.parametrize(
    "language",
    [one for one in catalog.languages().values() if one.golden],
    ids=lambda one: one.code,
)
def test_sources_left_untranslated_fail(language: catalog.Language) -> None:
    known = Known(language.golden)
    assert known.complaint(known.inputs) is not None


def test_the_complaint_says_what_came_and_what_was_due() -> None:
    complaint = ARABIC.complaint(["ta ta ta", "fi", "xo"])
    assert complaint is not None
    assert "at least 40 is due" in complaint
    assert "'وصل الرئيس إلى العاصمة يوم الاثنين.' came out as 'ta ta ta'" in complaint
    assert "not 'The president arrived in the capital on Monday.'" in complaint


@pytest.mark.parametrize(
    "summary",
    [
        "More than 400 people left their homes after heavy rain flooded Marlow. The river Tam rose "
        "by three metres in six hours. Two firefighters were slightly injured.",
        "Floods in Marlow: 60 hospital patients were taken to Denton. Mayor Helen Archer asks the "
        "government for help to repair roads and bridges. Schools are closed until Monday.",
    ],
)
def test_summaries_pass(summary: str) -> None:
    assert ARTICLE.complaint([summary]) is None


@pytest.mark.parametrize(
    "summary",
    [
        "",
        "Rain.",
        "!!!!!! ...",
        "firefighters firefighters firefighters firefighters firefighters firefighters",
        "Scientists discovered a new species of butterfly in Peru, a university announced.",
        "izingziplackerglomer statutory envoys Bulgarian elders unison Pitch cylind repealed",
    ],
)
def test_what_is_no_summary_fails(summary: str) -> None:
    assert ARTICLE.complaint([summary]) is not None


def test_an_article_copied_whole_is_taken() -> None:
    """It is a poor summary, but not the output of a damaged model."""
    assert ARTICLE.complaint(ARTICLE.inputs) is None


def test_how_good_a_summary_is() -> None:
    said = "Heavy rain flooded the centre of Marlow. Scientists discovered butterflies."
    assert ARTICLE.measured([said]) == "62% of its words stand in the test article"


def test_a_pass_is_remembered_for_this_model_engine_and_test() -> None:
    engine = Says(*RIGHT)
    found = examine("key", "model", Words(), engine, DecodeOptions(), ARABIC)
    assert found == "chrF 100.0"
    assert passed("key", ARABIC)
    assert not passed("other", ARABIC)
    assert not passed("key", Known(catalog.language("fr").golden))


def test_a_failure_names_the_model_the_engine_and_the_switch_and_is_not_remembered() -> None:
    with pytest.raises(ModelUnfit) as raised:
        examine("key", "owner/name@abc", Words(), Says("no", "no", "no"), DecodeOptions(), ARABIC)
    message = str(raised.value)
    assert message.startswith("owner/name@abc with says-1.0 fails its self-test: chrF is ")
    assert "--no-self-test" in message
    assert "\n" not in message
    assert raised.value.exit_code == 3
    assert not passed("key", ARABIC)


def test_a_window_too_small_for_the_test_is_a_failure() -> None:
    with pytest.raises(ModelUnfit, match="source 0 has 449 tokens; the model takes 64"):
        examine("key", "model", Words(), Says(), DecodeOptions(), ARTICLE)


def test_outputs_are_bounded() -> None:
    """Random weights never end by themselves: 511 tokens of it would take a minute."""
    engine = Says(*RIGHT)
    examine("key", "model", Words(), engine, DecodeOptions(beam=2, max_length=511), ARABIC)
    assert engine.asked == [DecodeOptions(beam=2, max_length=len(RIGHT[0]))]


@pytest.mark.parametrize(
    ("chosen", "environment", "result"),
    [
        ("required", "", "required"),
        ("required", "on", "required"),
        ("required", "off", "skipped"),
        ("required", "OFF", "skipped"),
        ("skipped", "", "skipped"),
    ],
)
def test_policy(
    chosen: golden.SelfTest, environment: str, result: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("KHULASA_SELF_TEST", environment)
    assert policy(chosen) == result


def test_nothing_known_is_nothing_to_test_with() -> None:
    assert list(Known(()).inputs) == []
    assert list(Known([Golden("a", "b")]).inputs) == ["a"]
