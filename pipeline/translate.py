"""Stage 2: segments to English. A sentence that was ever translated is not translated again."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass
from itertools import accumulate
from typing import Any

from models.engine import DecodeOptions, Hypothesis
from models.model import Model
from pipeline.cache import Cache
from pipeline.checks import is_foreign_text, unknown_flags
from pipeline.document import Translation
from pipeline.signature import Signature
from pipeline.split import split_to_fit

VERSION = 1


@dataclass(frozen=True, slots=True)
class Translator:
    """One model into English and the memory of what it translated. `script` is the source's.

    `kept` hears how many sentences were just decoded and remembered; what it raises ends the work.
    """

    model: Model
    script: str
    options: DecodeOptions
    memory: Cache
    kept: Callable[[int], None] = lambda _count: None

    @property
    def signature(self) -> Signature:
        decode = ((name, str(value)) for name, value in asdict(self.options).items())
        script = ("script", self.script)  # decides what is not for translation
        return Signature("translate", VERSION, (*self.model.identity.items(), script, *decode))

    def translate(self, sources: Iterable[str]) -> tuple[dict[str, Translation], set[str]]:
        """The translation of every distinct source text, and those that were decoded for it.

        Nothing is left out: a text that is not for translation comes back as it is, flagged.
        Batches are made across all sources, and each is remembered as soon as it is decoded.
        """
        unique = list(dict.fromkeys(sources))
        foreign = [source for source in unique if is_foreign_text(source, self.script)]
        signature = self.signature
        rows = self.memory.recall(signature, foreign)
        missing = [source for source in foreign if source not in rows]
        for new in self._decode(missing):
            rows |= self.memory.remember(signature, new)
            self.kept(len(new))
        untouched = {s: Translation(s, flags=("untranslated",)) for s in unique if s not in rows}
        return untouched | {s: unpack(row) for s, row in rows.items()}, set(missing)

    def _decode(self, sources: list[str]) -> Iterator[dict[str, list[Any]]]:
        """New rows by source, each ready to be remembered when all its parts are decoded."""
        parts = [self._parts(source) for source in sources]
        starts = [0, *accumulate(map(len, parts))]
        owners = [index for index, of_one in enumerate(parts) for _ in of_one]
        found: dict[int, Hypothesis] = {}
        flat = [tokens for of_one in parts for tokens in of_one]
        for done in self.model.engine.stream(flat, self.options) if flat else ():
            found |= done
            new: dict[str, list[Any]] = {}
            for index in dict.fromkeys(owners[position] for position in done):
                positions = range(starts[index], starts[index + 1])
                if all(position in found for position in positions):
                    hypotheses = [found.pop(position) for position in positions]
                    new[sources[index]] = pack(self._join(parts[index], hypotheses))
            yield new

    def _parts(self, source: str) -> list[list[str]]:
        """Tokens of the source, cut in as many parts as the model's positions ask for."""
        encode, positions = self.model.tokenizer.encode, self.model.config.positions
        whole = encode(source)
        if len(whole) <= positions:
            return [whole]
        return [encode(p) for p in split_to_fit(source, lambda t: len(encode(t)) <= positions)]

    def _join(self, parts: Sequence[Sequence[str]], hypotheses: list[Hypothesis]) -> Translation:
        decode = self.model.tokenizer.decode
        text = " ".join(filter(None, (decode(h.tokens).strip() for h in hypotheses)))
        tokens = sum(len(h.tokens) + 1 for h in hypotheses)  # the end token counts
        score = sum(h.score * (len(h.tokens) + 1) for h in hypotheses) / tokens
        flags = (
            *(("split",) if len(parts) > 1 else ()),
            *(("unfinished",) if not all(h.finished for h in hypotheses) else ()),
            *(("empty",) if not text else ()),
            *unknown_flags([token for part in parts for token in part], self.script),
        )
        return Translation(text, round(score, 4) or 0.0, flags)


def pack(translation: Translation) -> list[Any]:
    """The JSON form that the cache keeps."""
    return [translation.text, translation.score, list(translation.flags)]


def unpack(row: list[Any]) -> Translation:
    """A translation from its JSON form."""
    text, score, flags = row
    return Translation(text, score, tuple(flags))
