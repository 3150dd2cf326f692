"""A hypothesis that looks wrong is decoded in other ways; the best of all is kept.

The example is the temperature fallback of speech recognisers (Radford et al. 2022, 4.5): loops,
empty output and the like come from the search more often than from the model.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace

from models.engines.engine import DecodeOptions
from pipeline.checks import check
from pipeline.decode import Decoder
from pipeline.document import Again, Translation
from pipeline.flags import FLAGS

DOUBTS = (
    "empty",
    "copied",
    "loop",
    "source-left",
    "not-english",
    "model-marks",
    "too-long",
    "too-short",
)
"""Findings of `pipeline.checks` that another search may mend, the gravest first."""

FIRST = "first"


@dataclass(frozen=True, slots=True)
class Rung:
    """Another way to decode, for hypotheses of whose doubts one is in `against`.

    The beam is `wider` times as wide, no n-gram of `no_repeat` tokens comes twice, and the source
    is cut into `parts` at least.
    """

    name: str
    against: frozenset[str] = frozenset(DOUBTS)
    wider: int = 1
    no_repeat: int = 3
    parts: int = 1

    def options(self, usual: DecodeOptions) -> DecodeOptions:
        """The usual search, changed as this rung says."""
        return replace(usual, beam=usual.beam * self.wider, no_repeat_ngram=self.no_repeat)


LADDER = (
    Rung("no-repeat", against=frozenset({"loop", "too-long"})),
    Rung("wider-beam", wider=3),
    Rung("split", parts=2),
)


@dataclass(frozen=True, slots=True)
class Climb:
    """The best translation of a source so far, from which rung it is, and how it is judged."""

    best: Translation
    doubts: tuple[str, ...]
    faults: int
    kept: str = FIRST
    tried: tuple[str, ...] = ()

    @property
    def rank(self) -> tuple[int, ...]:
        """Smaller is better: free of the gravest doubt first, then of faults of all kinds."""
        return (*(doubt in self.doubts for doubt in DOUBTS), self.faults)

    def after(self, rung: Rung, other: "Climb") -> "Climb":
        """The better of two, the earlier where they are equally good."""
        tried = (*self.tried, rung.name)
        if other.rank < self.rank:
            return replace(other, kept=rung.name, tried=tried)
        return replace(self, tried=tried)


@dataclass(frozen=True, slots=True)
class Ladder:
    """Judges translations from one language, and decodes again those that look wrong."""

    decoder: Decoder
    options: DecodeOptions
    lang: str

    def doubts(self, source: str, translation: Translation) -> tuple[str, ...]:
        """The reasons to decode a source again; none as a rule.

        Where the model does not know what is written, no search finds a better answer.
        """
        if "unknown-tokens" in translation.flags:
            return ()
        return self.judged(source, translation).doubts

    def climb(self, first: dict[str, Translation]) -> dict[str, Translation]:
        """The best translation of each source, rung by rung until no doubt is left."""
        judged = {source: self.judged(source, one) for source, one in first.items()}
        climbs = dict(judged)
        for rung in filter(self._helps, LADDER):
            doubtful = [s for s, climb in climbs.items() if rung.against & {*climb.doubts}]
            for source, other in self._decoded(doubtful, rung):
                climbs[source] = climbs[source].after(rung, other)
        return {source: _told(climb, judged[source].doubts) for source, climb in climbs.items()}

    def _helps(self, rung: Rung) -> bool:
        """Whether the engine does anything else on this rung: it may not heed the options."""
        search = self.decoder.model.search
        return rung.parts > 1 or search(rung.options(self.options)) != search(self.options)

    def _decoded(self, sources: list[str], rung: Rung) -> Iterator[tuple[str, Climb]]:
        for portion in self.decoder.decode(sources, rung.options(self.options), rung.parts):
            for source, translation in portion.items():
                yield source, self.judged(source, translation)

    def judged(self, source: str, translation: Translation) -> Climb:
        """What the checks say of a translation."""
        names = [finding.name for finding in check(source, translation.text, self.lang)]
        doubts = tuple(name for name in names if name in DOUBTS)
        return Climb(translation, doubts, sum(not FLAGS[name].note for name in names))


def _told(climb: Climb, reasons: tuple[str, ...]) -> Translation:
    if not climb.tried:
        return climb.best
    flags = (*climb.best.flags, "decoded-again")
    return replace(climb.best, flags=flags, again=Again(reasons, climb.tried, climb.kept))
