"""Texts that two hands cut differently, put side by side again."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import accumulate, pairwise

from pipeline.evaluation.references import References


@dataclass(frozen=True, slots=True)
class Unit:
    """What is compared at once: a translation and so many `lines` of the reference."""

    lines: int
    source: str
    hypothesis: str
    reference: str


@dataclass(frozen=True, slots=True)
class Boundaries:
    """Sentence ends within documents: `proposed` by us, `wanted` by the gold, `right` in both."""

    right: int
    proposed: int
    wanted: int


def ends(sentences: Iterable[str]) -> list[int]:
    """Where sentences end: how many characters that are not white space stand before."""
    return list(accumulate(len("".join(sentence.split())) for sentence in sentences))


def boundaries(ours: Sequence[str], gold: Sequence[str]) -> Boundaries | None:
    """Ends of ours beside those of the gold, the end of the document not counted.

    None where the two are not the same text but for white space.
    """
    if "".join(" ".join(ours).split()) != "".join(" ".join(gold).split()):
        return None
    found, wanted = set(ends(ours)[:-1]), set(ends(gold)[:-1])
    return Boundaries(len(found & wanted), len(found), len(wanted))


def units(segments: Sequence[str], hypotheses: Sequence[str], of: References) -> tuple[Unit, ...]:
    """The translations of segments, one each, beside the reference lines.

    Where the gold segments are known, one a line, both texts are cut wherever both segmentations
    end. Where not, equal numbers are taken as line by line, and otherwise the document as a whole.
    """
    lines = of.translation
    if not lines:
        return ()
    if len(of.segments) == len(lines) and boundaries(segments, of.segments):
        blocks = shared_blocks(ends(segments), ends(of.segments))
    elif len(segments) == len(lines):
        blocks = [(slice(i, i + 1), slice(i, i + 1)) for i in range(len(lines))]
    else:
        blocks = [(slice(None), slice(None))]
    return tuple(
        Unit(len(lines[theirs]), *map(" ".join, (segments[ours], hypotheses[ours], lines[theirs])))
        for ours, theirs in blocks
    )


def common(left: Sequence[Unit], right: Sequence[Unit]) -> list[tuple[Unit, Unit]] | None:
    """The units of two translations of one document, joined where only one of the two cuts.

    None where they were not compared to the same lines.
    """
    whole, other = _joined(left), _joined(right)
    if (whole.lines, whole.reference) != (other.lines, other.reference):
        return None
    ours, theirs = (list(accumulate(one.lines for one in units)) for units in (left, right))
    blocks = shared_blocks(ours, theirs)
    return [(_joined(left[of_left]), _joined(right[of_right])) for of_left, of_right in blocks]


def shared_blocks(left: Sequence[int], right: Sequence[int]) -> list[tuple[slice, slice]]:
    """Which parts of two cuts of one whole belong together: from one shared end to the next.

    left, right: where the parts end, rising, the last of both the same.
    """
    shared = set(left) & set(right)
    cuts = ([i + 1 for i, end in enumerate(one) if end in shared] for one in (left, right))
    pairs = pairwise([(0, 0), *zip(*cuts, strict=True)])
    return [(slice(a, c), slice(b, d)) for (a, b), (c, d) in pairs]


def _joined(units: Sequence[Unit]) -> Unit:
    return Unit(
        sum(one.lines for one in units),
        " ".join(one.source for one in units),
        " ".join(one.hypothesis for one in units),
        " ".join(one.reference for one in units),
    )
