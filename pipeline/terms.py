"""Terms of a glossary, put into translations that lack them."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

from models.constrained import Draft, with_term
from models.engines.engine import Hypothesis
from pipeline.again import FIRST, Ladder
from pipeline.decode import rounded
from pipeline.document import Again, Translation
from pipeline.glossary import Glossary, Occurrence, Term

REASON, WAY = "glossary", "term"
"""What stands in `Translation.again`: why it was decoded again, and how."""


@dataclass(frozen=True, slots=True)
class Insertion:
    """Writes terms where a translation says something else, one term after the other.

    A hypothesis is taken where it has the term and `ladder` judges it no worse than what it is to
    replace; where there is none, the translation stays as it is.
    """

    glossary: Glossary
    ladder: Ladder

    def insert(self, lacking: dict[str, Translation]) -> dict[str, Translation]:
        """The translation of each source, with as many of its terms as find their place."""
        best = dict(lacking)
        tried: dict[str, set[Term]] = {source: set() for source in lacking}
        while drafts := dict(self._drafts(best, tried)):
            engine, longest = self.ladder.decoder.model.engine, self.ladder.options.max_length
            found = with_term(engine, list(drafts.values()), longest)
            for (source, term), hypotheses in zip(drafts, found, strict=True):
                best[source] = self._better(source, term, best[source], hypotheses)
                tried[source].add(term)
        return {source: _told(one, lacking[source]) for source, one in best.items()}

    def _drafts(
        self, best: dict[str, Translation], tried: dict[str, set[Term]]
    ) -> Iterator[tuple[tuple[str, Term], Draft]]:
        """Of each translation the next term that it lacks and that was not tried."""
        for source, translation in best.items():
            lacking = self.glossary.lacking(source, translation.text)
            places = [
                place
                for place in self.glossary.occurrences(source)
                if place.term in lacking and place.term not in tried[source]
            ]
            if places and "split" not in translation.flags:
                place = places[0]
                yield (source, place.term), self._draft(source, place, translation.text)

    def _draft(self, source: str, place: Occurrence, target: str) -> Draft:
        tokenizer = self.ladder.decoder.model.tokenizer
        forms = place.term.forms
        return Draft(
            source=tokenizer.encode(source),
            without=tokenizer.encode(
                (source[: place.start].rstrip() + source[place.end :]).strip()
            ),
            target=tokenizer.encode_target(target),
            forms=[tokenizer.encode_target(form) for form in forms],
            openings=[tokenizer.encode_target(form[0].upper() + form[1:]) for form in forms],
        )

    def _better(
        self, source: str, term: Term, translation: Translation, hypotheses: list[Hypothesis]
    ) -> Translation:
        decode = self.ladder.decoder.model.tokenizer.decode
        before = self.ladder.judged(source, translation).rank
        lacking = set(self.glossary.lacking(source, translation.text))
        for hypothesis in hypotheses:
            text = decode(hypothesis.tokens).strip()
            other = replace(translation, text=text, score=rounded(hypothesis.score))
            mended = {*self.glossary.lacking(source, text)} <= lacking - {term}
            if mended and self.ladder.judged(source, other).rank <= before:
                return other
        return translation


def _told(translation: Translation, before: Translation) -> Translation:
    """With the attempt beside those that were made of the translation before."""
    earlier = before.again or Again((), (), FIRST)
    kept = WAY if translation.text != before.text else earlier.kept
    again = Again((*earlier.reasons, REASON), (*earlier.tried, WAY), kept)
    flags = tuple(dict.fromkeys((*translation.flags, "decoded-again")))
    return replace(translation, flags=flags, again=again)
