"""Source texts through a translating model: cut where they are too long, decoded, joined."""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate

from models.engines.engine import DecodeOptions, Hypothesis
from models.model import Model
from pipeline.checks import unknown_flags
from pipeline.document import Translation
from pipeline.split import split_to_fit

# Tokens of the least part that a source is cut into: some letter and the end token always fit.
_LEAST = 8
# Clauses end where they end: a part may be so much longer than its share.
_UNEVEN = 1.4


@dataclass(frozen=True, slots=True)
class Decoder:
    """One model into English. `script` is the source's, an ISO 15924 code."""

    model: Model
    script: str

    def decode(
        self, sources: Sequence[str], options: DecodeOptions, parts: int = 1
    ) -> Iterator[dict[str, Translation]]:
        """The translation of each source, in portions as all parts of a source are decoded.

        A source is cut into `parts` at least, and into more where the model has no positions.
        """
        tokens = [self._tokens(source, parts) for source in sources]
        starts = [0, *accumulate(map(len, tokens))]
        owners = [index for index, of_one in enumerate(tokens) for _ in of_one]
        found: dict[int, Hypothesis] = {}
        flat = [part for of_one in tokens for part in of_one]
        for done in self.model.engine.stream(flat, options) if flat else ():
            found |= done
            new: dict[str, Translation] = {}
            for index in dict.fromkeys(owners[position] for position in done):
                positions = range(starts[index], starts[index + 1])
                if all(position in found for position in positions):
                    hypotheses = [found.pop(position) for position in positions]
                    new[sources[index]] = self._join(tokens[index], hypotheses)
            yield new

    def _tokens(self, source: str, parts: int) -> list[list[str]]:
        """Tokens of the source, part by part."""
        encode = self.model.tokenizer.encode
        whole = encode(source)
        fair = max(_LEAST, math.ceil(_UNEVEN * len(whole) / parts))
        most = min(self.model.config.positions, fair)
        if len(whole) <= most:
            return [whole]
        return [encode(part) for part in split_to_fit(source, lambda t: len(encode(t)) <= most)]

    def _join(self, parts: Sequence[Sequence[str]], hypotheses: list[Hypothesis]) -> Translation:
        decode = self.model.tokenizer.decode
        text = " ".join(filter(None, (decode(h.tokens).strip() for h in hypotheses)))
        flags = (
            *(("split",) if len(parts) > 1 else ()),
            *(("unfinished",) if not all(h.finished for h in hypotheses) else ()),
            *unknown_flags([token for part in parts for token in part], self.script),
        )
        return Translation(text, _score(hypotheses), flags)


def _score(hypotheses: Sequence[Hypothesis]) -> float | None:
    """The mean over all tokens, end tokens included; None where the engine tells none."""
    known = [(h.score, len(h.tokens) + 1) for h in hypotheses if h.score is not None]
    if len(known) < len(hypotheses):
        return None
    return rounded(sum(score * size for score, size in known) / sum(size for _, size in known))


def rounded(score: float | None) -> float | None:
    """To four digits, without a sign before zero."""
    return None if score is None else round(score, 4) or 0.0
