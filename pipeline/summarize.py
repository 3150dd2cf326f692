"""Stage 3: English sentences to a short summary whose sentences point at their evidence."""

import math
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any

from models.engine import DecodeOptions, Hypothesis
from models.model import Model
from pipeline import segment
from pipeline.document import Summary, SummarySentence
from pipeline.evidence import ENOUGH_SUPPORT, supports
from pipeline.signature import Signature
from pipeline.split import split_to_fit

VERSION = 1

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

    def summarize(self, documents: Sequence[Text]) -> Iterator[dict[int, Summary]]:
        """A summary a document, by index, batch after batch; supports are indexes of sentences.

        What is longer than the window is summarised in parts, and the summaries again, until one
        is left; each round is batched across the documents.
        """
        worded = {i: t for i, texts in enumerate(documents) if (t := _worded(texts))}
        nothing = Summary(flags=("nothing-to-summarise",))
        yield {index: nothing for index in range(len(documents)) if index not in worded}
        flags: dict[int, tuple[str, ...]] = dict.fromkeys(worded, ())
        while worded:
            longer: dict[int, Text] = {}
            for portion in self._drafts(worded):
                done: dict[int, Summary] = {}
                for index, drafts in portion.items():
                    flags[index] = _noted(flags[index], drafts)
                    if again := self._to_merge(drafts, worded[index]):
                        longer[index] = again
                    else:
                        done[index] = _with_evidence(drafts, flags[index], documents[index])
                yield done
            worded = longer

    def _to_merge(self, drafts: list[Draft], sentences: Text) -> Text:
        """What is to be summarised again: drafts of several parts, half as long as those at most.

        A model that does not shorten would have us summarise its summaries for ever.
        """
        joined = [draft.text for draft in drafts if draft.text]
        if len(drafts) == 1 or 2 * sum(map(self._cost, joined)) > sum(map(self._cost, sentences)):
            return []
        return joined

    def _drafts(self, texts: dict[int, Text]) -> Iterator[dict[int, list[Draft]]]:
        """The drafts of a document's parts, by index, when all of them are written."""
        parts = [(i, part) for i, sentences in texts.items() for part in self._parts(sentences)]
        open_parts = Counter(index for index, _ in parts)
        written: dict[int, dict[int, Draft]] = {index: {} for index in texts}
        for portion in self._write([part for _, part in parts]):
            for position, draft in portion.items():
                written[parts[position][0]][position] = draft
            owners = dict.fromkeys(parts[position][0] for position in portion)
            ready = [index for index in owners if len(written[index]) == open_parts[index]]
            yield {index: [d for _, d in sorted(written.pop(index).items())] for index in ready}

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

    def _write(self, texts: list[str]) -> Iterator[dict[int, Draft]]:
        sources = [self.model.tokenizer.encode(text) for text in texts]
        for options, indexes in self._by_options([len(tokens) for tokens in sources]):
            chosen = [sources[index] for index in indexes]
            for portion in self.model.engine.stream(chosen, options) if chosen else ():
                yield {indexes[position]: self._read(found) for position, found in portion.items()}

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


def _worded(sentences: Text) -> Text:
    return [sentence for sentence in sentences if any(map(str.isalpha, sentence))]


def _noted(flags: tuple[str, ...], drafts: list[Draft]) -> tuple[str, ...]:
    merged = ("merged",) * (len(drafts) > 1)
    return tuple(dict.fromkeys((*flags, *merged, *(f for draft in drafts for f in draft.flags))))


def _with_evidence(drafts: list[Draft], flags: tuple[str, ...], segments: Text) -> Summary:
    text = " ".join(draft.text for draft in drafts if draft.text)
    sentences = (_supported(found.text, segments) for found in segment.segment(text, "en"))
    return Summary(tuple(sentences), flags)


def _supported(sentence: str, segments: Text) -> SummarySentence:
    indexes, covered = supports(sentence, segments)
    return SummarySentence(
        sentence, indexes, () if covered >= ENOUGH_SUPPORT else ("weak-support",)
    )
