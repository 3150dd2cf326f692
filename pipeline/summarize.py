"""Stage 3: English sentences to a short summary whose sentences point at their evidence."""

import math
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any

from models.engine import DecodeOptions, Hypothesis, partition
from models.model import Model
from pipeline import segment
from pipeline.document import Summary, SummarySentence
from pipeline.evidence import ENOUGH_SUPPORT, supports
from pipeline.signature import Signature
from pipeline.split import split_to_fit

VERSION = 1
# Source tokens that an engine is given at once: four full windows of BART.
BUDGET = 4096

# <s> and </s>, which every summariser here puts around a text.
SPECIAL_TOKENS = 2

Text = list[str]  # sentences in order


@dataclass(frozen=True, slots=True)
class Draft:
    """What the model wrote, before it is held against its source."""

    text: str
    flags: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Summarizer:
    """One summarising model and how it decodes."""

    model: Model
    options: DecodeOptions

    @property
    def signature(self) -> Signature:
        decode = ((name, str(value)) for name, value in asdict(self.options).items())
        sentences = (("segment", f"v{segment.VERSION}"), *segment.params("en").items())
        return Signature("summarize", VERSION, (*self.model.identity.items(), *decode, *sentences))

    def summarize(self, documents: Sequence[Text]) -> list[Summary]:
        """A summary a document, in order; its supports are indexes of the document's sentences."""
        worded = [[text for text in texts if any(map(str.isalpha, text))] for texts in documents]
        drafts = iter(self._draft([texts for texts in worded if texts]))
        nothing = Summary(flags=("nothing-to-summarise",))
        return [
            _with_evidence(next(drafts), segments) if texts else nothing
            for texts, segments in zip(worded, documents, strict=True)
        ]

    def _draft(self, texts: Sequence[Text]) -> list[Draft]:
        parts = [self._parts(sentences) for sentences in texts]
        written = iter(self._generate([part for of_one in parts for part in of_one]))
        drafts = [[next(written) for _ in of_one] for of_one in parts]
        return [self._merge(*pair) for pair in zip(texts, drafts, strict=True)]

    def _merge(self, sentences: Text, drafts: list[Draft]) -> Draft:
        """The drafts of a document's parts, put together and summarised again."""
        if len(drafts) == 1:
            return drafts[0]
        joined = [draft.text for draft in drafts if draft.text]
        whole = Draft(" ".join(joined))
        # A model that does not shorten would have us summarise its summaries for ever.
        if joined and 2 * sum(map(self._cost, joined)) <= sum(map(self._cost, sentences)):
            [whole] = self._draft([joined])
        flags = (flag for draft in (*drafts, whole) for flag in draft.flags)
        return Draft(whole.text, tuple(dict.fromkeys(("merged", *flags))))

    def _parts(self, sentences: Text) -> list[str]:
        """The text in as few parts as fit the window, of whole sentences, about equally long."""
        window = self.model.config.positions - SPECIAL_TOKENS
        pieces = [p for s in sentences for p in split_to_fit(s, lambda t: self._cost(t) <= window)]
        costs = [self._cost(piece) for piece in pieces]
        fair = sum(costs) / math.ceil(sum(costs) / window)
        parts, filled = [[pieces[0]]], costs[0]
        for piece, cost in zip(pieces[1:], costs[1:], strict=True):
            if filled + cost > window or filled + cost / 2 > fair:
                parts.append([])
                filled = 0
            parts[-1].append(piece)
            filled += cost
        return [" ".join(part) for part in parts]

    def _cost(self, sentence: str) -> int:
        """The most tokens that a sentence adds to a text: at its head, or after a space."""
        encode = self.model.tokenizer.encode
        return max(len(encode(sentence)), len(encode(" " + sentence))) - SPECIAL_TOKENS

    def _generate(self, texts: list[str]) -> list[Draft]:
        sources = [self.model.tokenizer.encode(text) for text in texts]
        drafts: dict[int, Draft] = {}
        for options, indexes in self._by_options([len(tokens) for tokens in sources]):
            for batch in partition([len(sources[i]) for i in indexes], BUDGET):
                chosen = [indexes[position] for position in batch]
                hypotheses = self.model.engine.generate([sources[i] for i in chosen], options)
                drafts |= zip(chosen, map(self._read, hypotheses), strict=True)
        return [drafts[index] for index in range(len(texts))]

    def _by_options(self, lengths: list[int]) -> list[tuple[DecodeOptions, list[int]]]:
        """A text that is hardly longer than the shortest summary is not padded with inventions."""
        enough = 2 * self.options.min_length
        long = [index for index, length in enumerate(lengths) if length >= enough]
        short = [index for index, length in enumerate(lengths) if length < enough]
        return [(self.options, long), (replace(self.options, min_length=0), short)]

    def _read(self, hypothesis: Hypothesis) -> Draft:
        text = self.model.tokenizer.decode(hypothesis.tokens).strip()
        unfinished = () if hypothesis.finished else ("unfinished",)
        return Draft(text, unfinished if text else (*unfinished, "empty"))


def options_for(model: Model) -> DecodeOptions:
    """The model's own defaults; a summary is never longer than a third of what it is made from."""
    config = model.config
    return replace(config.decode, max_length=min(config.decode.max_length, config.positions // 3))


def unpack(row: dict[str, Any]) -> Summary:
    """A summary from its JSON form, the dictionary of its fields."""
    sentences = (
        SummarySentence(s["text"], tuple(s["supports"]), tuple(s["flags"]))
        for s in row["sentences"]
    )
    return Summary(tuple(sentences), tuple(row["flags"]))


def _with_evidence(draft: Draft, segments: Text) -> Summary:
    sentences = (_supported(found.text, segments) for found in segment.segment(draft.text, "en"))
    return Summary(tuple(sentences), draft.flags)


def _supported(sentence: str, segments: Text) -> SummarySentence:
    indexes, covered = supports(sentence, segments)
    return SummarySentence(
        sentence, indexes, () if covered >= ENOUGH_SUPPORT else ("weak-support",)
    )
