"""Stage 2: segments to English. A sentence that was ever translated is not translated again.

What the model gave is remembered by sentence; what the checks say of it belongs to the document.
So a better check costs no decoding.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from statistics import median
from typing import Any, TypeVar

from models.engines.engine import BATCH, DecodeOptions
from models.model import Model
from pipeline import checks, glossary, terms
from pipeline.again import Ladder
from pipeline.cache import Cache
from pipeline.checks import is_foreign_text
from pipeline.decode import Decoder
from pipeline.document import Again, Translation
from pipeline.flags import details
from pipeline.glossary import Glossary
from pipeline.signature import Signature

T = TypeVar("T")

# Also of `pipeline.decode`, of what `pipeline.again` decides, and of what the memory holds.
VERSION = 3
SOURCED = 3  # since this version a row of the memory holds its source

# A score is low where it is this many robust standard deviations below the document's median
# (Iglewicz and Hoaglin 1993: 3.5, and 1.4826 times the median deviation), and clearly below it.
_OUTLIER = 3.5 * 1.4826
_CLEARLY = 0.5
_FEWEST = 8  # scores without which a median says little


@dataclass(frozen=True, slots=True)
class Translator:
    """One model from `lang` into English and the memory of what it translated.

    `script` is the source's. Terms of `glossary` are put where a translation lacks them.
    `kept` hears how many sentences were just decoded and remembered; what it raises ends the work.
    """

    model: Model
    lang: str
    script: str
    options: DecodeOptions
    memory: Cache
    glossary: Glossary | None = None
    kept: Callable[[int], None] = lambda _count: None

    @property
    def memory_signature(self) -> Signature:
        """What decides the translation of a sentence."""
        decode = self.model.search(self.options).items()
        # The script decides what is not for translation, the language what is decoded again.
        source = (("lang", self.lang), ("script", self.script))
        return Signature("translate", VERSION, (*self.model.identity.items(), *source, *decode))

    @property
    def glossary_signature(self) -> Signature:
        """What decides the translation of a sentence that lacked a term."""
        if self.glossary is None:
            return self.memory_signature
        asked = f"v{glossary.VERSION}-sha256:{self.glossary.digest[:16]}"
        return _with(self.memory_signature, "glossary", asked)

    @property
    def signature(self) -> Signature:
        """What decides the translations of a document and their flags."""
        return _with(self.glossary_signature, "checks", f"v{checks.VERSION}")

    def translate(self, sources: Iterable[str]) -> tuple[dict[str, Translation], set[str]]:
        """The checked translation of every distinct source text, and those decoded for it.

        Nothing is left out: a text that is not for translation comes back as it is, flagged.
        Batches are made across all sources, and each is remembered as soon as it is decoded.
        """
        unique = list(dict.fromkeys(sources))
        foreign = {s: None for s in unique if is_foreign_text(s, self.script)}
        made, decoded = self._through_memory(self.memory_signature, foreign, self._decode)
        if self.glossary and self.model.scores:  # which tell where a term belongs
            lacks = self.glossary.lacking
            lacking = {s: one for s, one in made.items() if lacks(s, one.text)}
            mended, anew = self._through_memory(self.glossary_signature, lacking, self._insert)
            made, decoded = made | mended, decoded | anew
        untouched = {s: _as_it_is(s) for s in unique if s not in made}
        found = {s: checked(s, one, self.lang, self.glossary) for s, one in made.items()}
        return untouched | found, decoded

    def _through_memory(
        self,
        signature: Signature,
        given: dict[str, T],
        compute: Callable[[dict[str, T]], Iterator[dict[str, Translation]]],
    ) -> tuple[dict[str, Translation], set[str]]:
        """Translations by source, remembered or computed now, and the sources of the latter."""
        self.memory.touch(signature)
        rows = self.memory.recall(signature, list(given))
        missing = {source: value for source, value in given.items() if source not in rows}
        for new in compute(missing) if missing else ():
            packed = {source: [*pack(one)[:5], source] for source, one in new.items()}
            rows |= self.memory.remember(signature, packed)
            self.kept(len(new))
        return {source: remembered(row) for source, row in rows.items()}, set(missing)

    @property
    def _ladder(self) -> Ladder:
        return Ladder(Decoder(self.model, self.script), self.options, self.lang)

    def _insert(self, lacking: dict[str, Translation]) -> Iterator[dict[str, Translation]]:
        """Translations with their terms, a batch of them at a time."""
        insertion = terms.Insertion(self.glossary or Glossary(()), self._ladder)
        size = max(1, BATCH // self.options.beam)
        sources = list(lacking)
        for start in range(0, len(sources), size):
            yield insertion.insert({s: lacking[s] for s in sources[start : start + size]})

    def _decode(self, sources: dict[str, None]) -> Iterator[dict[str, Translation]]:
        """New translations by source; some wait until there are enough to decode again."""
        ladder, doubtful = self._ladder, dict[str, Translation]()
        for portion in ladder.decoder.decode(list(sources), self.options):
            doubtful |= {s: one for s, one in portion.items() if ladder.doubts(s, one)}
            yield {s: one for s, one in portion.items() if s not in doubtful}
            if len(doubtful) * self.options.beam >= BATCH:
                yield ladder.climb(doubtful)
                doubtful = {}
        if doubtful:
            yield ladder.climb(doubtful)


def checked(source: str, one: Translation, lang: str, glossary: Glossary | None) -> Translation:
    """The translation with the flags of all that the checks find in it."""
    lacking = glossary.lacking(source, one.text) if glossary else ()
    found = (*checks.check(source, one.text, lang), *(term.finding for term in lacking))
    flags = dict.fromkeys((*one.flags, *(finding.name for finding in found)))
    return replace(one, flags=tuple(flags), details=details(found))


def _as_it_is(source: str) -> Translation:
    return Translation(source, flags=("untranslated",), by="source")


def _with(signature: Signature, name: str, value: str) -> Signature:
    return replace(signature, params=(*signature.params, (name, value)))


def unsure(translations: Sequence[Translation]) -> list[Translation]:
    """The translations of a document, `low-score` on those much below the others.

    A term of the glossary is unlikely by itself: what has one is not compared.
    """
    own = [one for one in translations if not one.again or one.again.kept != terms.WAY]
    scores = [one.score for one in own if one.score is not None]
    if len(scores) < _FEWEST:
        return list(translations)
    middle = median(scores)
    spread = median(abs(score - middle) for score in scores)
    least = middle - max(_CLEARLY, _OUTLIER * spread)
    low = {id(one) for one in own if one.score is not None and one.score < least}
    return [
        replace(one, flags=(*one.flags, "low-score"), details=one.details | _compared(one, middle))
        if id(one) in low
        else one
        for one in translations
    ]


def _compared(translation: Translation, middle: float) -> dict[str, str]:
    return {"low-score": f"{translation.score:.2f}, the median is {middle:.2f}"}


def pack(translation: Translation) -> list[Any]:
    """The JSON form that the cache keeps; in the memory the source takes the last place."""
    again = translation.again
    told = [list(again.reasons), list(again.tried), again.kept] if again else None
    flags, said = list(translation.flags), translation.details
    return [translation.text, translation.score, flags, said, told, translation.by]


def unpack(row: list[Any]) -> Translation:
    """A translation from its JSON form."""
    text, score, flags, said, told, by = row
    again = Again(tuple(told[0]), tuple(told[1]), told[2]) if told else None
    return Translation(text, score, tuple(flags), said, again, by)


def remembered_pair(row: list[Any]) -> tuple[str, str]:
    """The source and the text of a translation from the memory, of version SOURCED or later."""
    return row[5], row[0]


def remembered(row: list[Any]) -> Translation:
    """A translation from the memory."""
    return unpack([*row[:5], "model"])
