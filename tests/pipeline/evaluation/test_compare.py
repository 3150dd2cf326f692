"""Two runs over the same documents: what changed, and what chance explains."""

from dataclasses import replace

import pytest

from pipeline.evaluation.align import Boundaries, Unit
from pipeline.evaluation.compare import FEWEST, compare
from pipeline.evaluation.evaluate import scored
from pipeline.evaluation.findings import Change, Flags, LeftOut, Measured

REFERENCES = [
    f"The {who} said on {day} that the {what} would open again within {number} days."
    for number, (who, day, what) in enumerate(
        [
            (who, day, what)
            for who in ("minister", "mayor", "director", "spokesman")
            for day in ("Monday", "Friday", "Sunday")
            for what in ("bridge", "school")
        ],
        start=12,
    )
]


def worse(text: str) -> str:
    return text.replace("said on", "has told of").replace("would open again", "open")


def slightly_other(text: str) -> str:
    """As far from the reference as `other_again`, at another place."""
    return text.replace("again", "soon")


def other_again(text: str) -> str:
    return text.replace("would", "could")


def measured(name: str, *hypotheses: str, references: list[str] | None = None) -> Measured:
    """A document whose summary is its first translation."""
    references = references or REFERENCES[: len(hypotheses)]
    pairs = zip(hypotheses, references, strict=True)
    return scored(
        Measured(
            id=name,
            lang="ar",
            path=None,
            line=None,
            sha256=name,
            segments=len(hypotheses),
            units=tuple(Unit(1, "s", *pair) for pair in pairs),
            summary=hypotheses[0],
            summaries=(references[0],),
            boundaries=Boundaries(3, 4, 4),
            flags=Flags(len(hypotheses), 1),
        )
    )


def documents(texts: list[str]) -> list[Measured]:
    """A document of two segments for every two texts."""
    return [
        measured(f"{i}", *texts[i : i + 2], references=REFERENCES[i : i + 2])
        for i in range(0, len(texts), 2)
    ]


def changes(before: list[Measured], now: list[Measured]) -> dict[str, Change]:
    return compare("earlier.json", before, now).changes


def test_the_same_twice_is_no_change() -> None:
    same = documents([worse(text) for text in REFERENCES])
    comparison = compare("earlier.json", same, same)
    assert comparison.left_out == ()
    assert comparison.method == "paired bootstrap, 1,000 samples, seed 12345"
    assert list(comparison.changes) == [
        "bleu", "chrf", "rouge1", "rouge2", "rougeL", "segmentation", "flagged", "noted",
    ]  # fmt: skip
    for change in comparison.changes.values():
        assert change.difference == 0
        assert change.p == 1.0


def test_what_is_clearly_better_is_no_chance() -> None:
    found = changes(documents([worse(t) for t in REFERENCES]), documents(REFERENCES))
    for name in ("bleu", "chrf", "rouge1", "rouge2", "rougeL"):
        change = found[name]
        assert change.now == pytest.approx(100)
        assert change.before < 80
        assert change.difference == change.now - change.before
        assert change.p is not None
        assert change.p < 0.01
    assert (found["bleu"].items, found["rouge1"].items) == (24, 12)
    assert found["segmentation"].now == pytest.approx(75)


def test_what_is_clearly_worse_is_no_chance_either() -> None:
    found = changes(documents(REFERENCES), documents([worse(t) for t in REFERENCES]))
    assert found["bleu"].difference < -20
    assert all((found[name].p or 0) < 0.01 for name in ("bleu", "chrf", "rouge1"))


def test_what_is_better_here_and_worse_there_may_be_chance() -> None:
    half = len(REFERENCES) // 2
    before = [worse(t) for t in REFERENCES[:half]] + REFERENCES[half:]
    now = REFERENCES[:half] + [worse(t) for t in REFERENCES[half:]]
    found = changes(documents(before), documents(now))
    for name in ("bleu", "chrf", "rouge1"):
        assert (found[name].p or 0) > 0.2


def test_the_samples_are_always_the_same() -> None:
    before, now = (documents([f(t) for t in REFERENCES]) for f in (slightly_other, other_again))
    assert changes(before, now) == changes(before, now)


def test_intervals_are_wide_where_documents_differ() -> None:
    mixed = [text if i % 4 < 2 else worse(text) for i, text in enumerate(REFERENCES)]
    change = changes(documents(mixed), documents(REFERENCES))["rouge1"]
    assert change.now_ci == 0
    assert 5 < change.before_ci < 30


def test_of_too_few_nothing_is_said() -> None:
    few = FEWEST - 1
    now = [measured(f"{i}", REFERENCES[i], references=REFERENCES[i : i + 1]) for i in range(few)]
    before = [
        measured(f"{i}", worse(REFERENCES[i]), references=REFERENCES[i : i + 1]) for i in range(few)
    ]
    found = changes(before, now)
    assert {change.p for change in found.values()} == {None}
    assert found["bleu"].difference > 20


ONE = measured("a", *REFERENCES[:6])


@pytest.mark.parametrize(
    ("before", "now", "reason"),
    [
        ([ONE], [], "only in the earlier run"),
        ([], [ONE], "only in this run"),
        ([replace(ONE, sha256="other")], [ONE], "another text than in the earlier run"),
        (
            [replace(ONE, untranslated="no model", units=(), flags=Flags())],
            [ONE],
            "not translated in the earlier run",
        ),
        (
            [ONE],
            [replace(ONE, untranslated="no model", units=(), flags=Flags())],
            "not translated in this run",
        ),
        (
            [measured("a", *REFERENCES[:6], references=REFERENCES[6:12])],
            [ONE],
            "another reference translation than in the earlier run",
        ),
        (
            [replace(ONE, summaries=("x",))],
            [ONE],
            "other reference summaries than in the earlier run",
        ),
    ],
)
def test_what_is_not_compared_is_said(
    before: list[Measured], now: list[Measured], reason: str
) -> None:
    assert compare("x", before, now).left_out == (LeftOut("a", reason),)


def test_what_else_a_document_has_is_compared() -> None:
    other = measured("a", *REFERENCES[:6], references=REFERENCES[6:12])
    found = changes([other], [replace(ONE, summaries=other.summaries)])
    assert "bleu" not in found
    assert found["rouge1"].items == found["segmentation"].items == 1
    assert changes([replace(ONE, sha256="other")], [ONE]) == {}


def test_segments_that_were_cut_otherwise_are_joined() -> None:
    first, second, *rest = ONE.units
    joined = Unit(
        2,
        "s s",
        f"{first.hypothesis} {second.hypothesis}",
        f"{first.reference} {second.reference}",
    )
    found = changes([replace(ONE, units=(joined, *rest))], [ONE])
    assert found["bleu"].items == 5
    assert found["bleu"].difference == 0


def test_gold_that_has_other_ends_is_not_compared() -> None:
    other = replace(ONE, boundaries=Boundaries(3, 4, 5))
    assert "segmentation" not in changes([other], [ONE])
