"""Stage 2: segments to English. A sentence that was ever translated is not translated again."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from models.engine import DecodeOptions, Hypothesis, partition
from models.model import Model
from pipeline.cache import Cache
from pipeline.checks import is_foreign_text, unknown_flags
from pipeline.document import Translation
from pipeline.signature import Signature
from pipeline.split import split_to_fit

VERSION = 1
# Source tokens that an engine is given at once, which it cuts into batches of its own: some 50
# sentences of news, and the most that a killed run does again.
BUDGET = 2048


@dataclass(frozen=True, slots=True)
class Translator:
    """One model into English and the memory of what it translated. `script` is the source's."""

    model: Model
    script: str
    options: DecodeOptions
    memory: Cache

    @property
    def signature(self) -> Signature:
        decode = ((name, str(value)) for name, value in asdict(self.options).items())
        script = ("script", self.script)  # decides what is not for translation
        return Signature("translate", VERSION, (*self.model.identity.items(), script, *decode))

    def translate(self, sources: Iterable[str]) -> tuple[dict[str, Translation], set[str]]:
        """The translation of every distinct source text, and those that memory already held.

        Nothing is left out: a text that is not for translation comes back as it is, flagged.
        """
        unique = list(dict.fromkeys(sources))
        foreign = [source for source in unique if is_foreign_text(source, self.script)]
        known = self.memory.recall(self.signature, foreign)
        rows = dict(known)
        for new in self._decode([source for source in foreign if source not in known]):
            rows |= self.memory.remember(self.signature, new)
        untouched = {s: Translation(s, flags=("untranslated",)) for s in unique if s not in rows}
        return untouched | {source: unpack(row) for source, row in rows.items()}, set(known)

    def _decode(self, sources: list[str]) -> Iterator[dict[str, list[Any]]]:
        """Batches of new rows by source, each ready to be remembered."""
        parts = {source: self._parts(source) for source in sources}
        lengths = [sum(map(len, parts[source])) for source in sources]
        for batch in partition(lengths, BUDGET):
            work = [parts[sources[index]] for index in batch]
            flat = [tokens for source_parts in work for tokens in source_parts]
            hypotheses = iter(self.model.engine.generate(flat, self.options))
            yield {
                sources[index]: pack(self._join(tokens, [next(hypotheses) for _ in tokens]))
                for index, tokens in zip(batch, work, strict=True)
            }

    def _parts(self, source: str) -> list[list[str]]:
        """Tokens of the source, cut in as many parts as the model's positions ask for."""
        encode, positions = self.model.tokenizer.encode, self.model.config.positions
        fitting = split_to_fit(source, lambda text: len(encode(text)) <= positions)
        return [encode(part) for part in fitting]

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
