"""Stage 3: English sentences to a short summary whose sentences point at their evidence."""

import math
import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any, NamedTuple

from models.engines.engine import DecodeOptions
from models.model import Model
from pipeline import evidence, segment
from pipeline.cache import Cache
from pipeline.checks import summaries
from pipeline.document import Summary, SummarySentence
from pipeline.evidence import ENOUGH_SUPPORT, Evidence
from pipeline.flags import Finding, details
from pipeline.signature import Signature
from pipeline.split import split_to_fit

VERSION = 2
DRAFT_VERSION = 1

USUAL_WORDS = 60
"""What the published limits of a news summariser, 56 to 142 tokens, are made for."""

SENTENCE_END = re.compile(r"""[.!?…]["'”’)\]]*$""")

# The share of the words asked for that a summary may have: a sentence is whole or not there.
SLACK = 1.25

Text = list[str]  # sentences in order


class Bilingual(NamedTuple):
    """A document in its language, an ISO 639-1 code, and in English, segment by segment."""

    lang: str
    sources: Text
    targets: Text


@dataclass(frozen=True, slots=True)
class Draft:
    """What the model wrote of one part, before it is held against its source."""

    text: str
    finished: bool

    def sentences(self) -> Text:
        """Whole sentences; what the decoder's limit left of one only if there is no other."""
        found = [one.text for one in segment.segment(self.text, "en")]
        return found if self.whole or len(found) == 1 else found[:-1]

    @property
    def whole(self) -> bool:
        """Whether the last sentence has its end, though the decoder may have met its limit."""
        return self.finished or bool(SENTENCE_END.search(self.text))


@dataclass(frozen=True, slots=True)
class Summarizer:
    """One summarising model, how it decodes, and the memory of what it wrote.

    `options` is the search that the model is published with; `words` is how many a summary is to
    have, about.
    """

    model: Model
    options: DecodeOptions
    words: int
    memory: Cache

    @property
    def signature(self) -> Signature:
        """What decides the summary of a document, its evidence and its flags."""
        sentences = (("segment", f"v{segment.VERSION}"), *segment.params("en").items())
        checked = (
            ("evidence", f"v{evidence.VERSION}"),
            ("checks", f"v{summaries.VERSION}"),
        )
        asked = ("words", str(self.words))
        drafted = self.draft_signature(self.options).params
        return Signature("summarize", VERSION, (*drafted, asked, *sentences, *checked))

    def draft_signature(self, options: DecodeOptions) -> Signature:
        """What decides a draft of a text."""
        decode = ((name, str(value)) for name, value in asdict(options).items())
        return Signature("draft", DRAFT_VERSION, (*self.model.identity.items(), *decode))

    def summarize(self, documents: Sequence[Bilingual]) -> Iterator[dict[int, Summary]]:
        """A summary a document, by index, batch after batch; supports are indexes of segments.

        What is longer than the window is summarised in parts, and the summaries again, until they
        have no more words than were asked for; each round is batched across the documents.
        """
        worded = {i: t for i, one in enumerate(documents) if (t := _worded(one.targets))}
        nothing = Summary(flags=("nothing-to-summarise",))
        yield {index: nothing for index in range(len(documents)) if index not in worded}
        merged = set[int]()
        while worded:
            longer: dict[int, Text] = {}
            for portion in self._drafts(worded):
                done: dict[int, Summary] = {}
                for index, drafts in portion.items():
                    merged |= {index} if len(drafts) > 1 else set()
                    if again := self._to_merge(drafts, worded[index]):
                        longer[index] = again
                    else:
                        done[index] = self._finished(drafts, documents[index], index in merged)
                yield done
            worded = longer

    def _to_merge(self, drafts: list[Draft], sentences: Text) -> Text:
        """What is to be summarised again: drafts of several parts, too long to be the summary.

        They must be half as long as those parts at most: a model that does not shorten would have
        us summarise its summaries for ever.
        """
        again = [sentence for draft in drafts for sentence in draft.sentences()]
        if len(drafts) == 1 or _words(again) <= self._most:
            return []
        now, before = (self._length(" ".join(texts)) for texts in (again, sentences))
        return again if 2 * now <= before else []

    @property
    def _most(self) -> float:
        return SLACK * self.words

    def _finished(self, drafts: list[Draft], document: Bilingual, merged: bool) -> Summary:
        """Whole sentences within what was asked for, the first of every draft before others."""
        written = [draft.sentences() for draft in drafts]
        ranked = sorted((rank, n) for n, one in enumerate(written) for rank in range(len(one)))
        taken: list[tuple[int, int]] = []
        words = 0
        for rank, number in ranked:
            words += _words([written[number][rank]])
            if rank and words > self._most:
                break
            taken.append((number, rank))
        sentences = [written[number][rank] for number, rank in sorted(taken)]
        cut = not all(
            one.whole or len(of_one) > 1 for one, of_one in zip(drafts, written, strict=True)
        )
        flags = {
            "merged": merged,
            "unfinished": cut,
            "empty": not sentences,
            "longer-than-asked": _words(sentences) > self._most,
        }
        raised = tuple(name for name, raised in flags.items() if raised)
        return Summary(_with_evidence(sentences, document), raised)

    def _drafts(self, texts: dict[int, Text]) -> Iterator[dict[int, list[Draft]]]:
        """The drafts of a document's parts, by index, when all of them are written."""
        parts = [(i, part) for i, sentences in texts.items() for part in self._parts(sentences)]
        open_parts = Counter(index for index, _ in parts)
        asked = [(part, self._asked(part, open_parts[index])) for index, part in parts]
        written: dict[int, dict[int, Draft]] = {index: {} for index in texts}
        for portion in self._write(asked):
            for position, draft in portion.items():
                written[parts[position][0]][position] = draft
            owners = dict.fromkeys(parts[position][0] for position in portion)
            ready = [index for index in owners if len(written[index]) == open_parts[index]]
            yield {index: [d for _, d in sorted(written.pop(index).items())] for index in ready}

    def _parts(self, sentences: Text) -> list[str]:
        """The text in as few parts as fit the window, of whole sentences, about equally long."""
        whole, window = " ".join(sentences), self.model.config.positions - self._around
        if self._length(whole) <= window:
            return [whole]
        pieces = [priced for sentence in sentences for priced in self._priced(sentence, window)]
        total = sum(cost for _, cost in pieces)
        fair = total / math.ceil(total / window)
        (first, filled), *others = pieces
        parts = [[first]]
        for piece, cost in others:
            if filled + cost > window or filled + cost / 2 > fair:
                parts.append([])
                filled = 0
            parts[-1].append(piece)
            filled += cost
        return [" ".join(part) for part in parts]

    def _priced(self, sentence: str, window: int) -> list[tuple[str, int]]:
        """A sentence, or what it must be cut into to fit the window, with what each piece costs."""
        if (cost := self._cost(sentence)) <= window:
            return [(sentence, cost)]
        pieces = split_to_fit(sentence, lambda text: self._cost(text) <= window)
        return [(piece, self._cost(piece)) for piece in pieces]

    def _cost(self, sentence: str) -> int:
        """The most tokens that a sentence adds to a text: at its head, or after a space."""
        return max(self._length(sentence), self._length(" " + sentence))

    def _length(self, text: str) -> int:
        """Tokens of a text, without those around it."""
        return len(self.model.tokenizer.encode(text)) - self._around

    @property
    def _around(self) -> int:
        """Tokens that the model wants around every text: BART's `<s>` and `</s>`, T5's task."""
        return len(self.model.tokenizer.encode(""))

    def _write(self, texts: list[tuple[str, DecodeOptions]]) -> Iterator[dict[int, Draft]]:
        """The drafts of texts, by index: remembered, or written and remembered batch by batch."""
        wanted: dict[DecodeOptions, dict[str, list[int]]] = defaultdict(lambda: defaultdict(list))
        for index, (text, options) in enumerate(texts):
            wanted[options][text].append(index)
        for options, places in wanted.items():
            for portion in self._drafted(list(places), options):
                yield {index: d for text, d in portion.items() for index in places[text]}

    def _drafted(self, texts: list[str], options: DecodeOptions) -> Iterator[dict[str, Draft]]:
        signature = self.draft_signature(options)
        self.memory.touch(signature)
        known = self.memory.recall(signature, texts)
        yield {text: Draft(*row) for text, row in known.items()}
        missing = [text for text in texts if text not in known]
        encode, decode = self.model.tokenizer.encode, self.model.tokenizer.decode
        sources = [encode(text) for text in missing]
        for portion in self.model.engine.stream(sources, options) if sources else ():
            new = {
                missing[position]: [decode(found.tokens).strip(), found.finished]
                for position, found in portion.items()
            }
            rows = self.memory.remember(signature, new)
            yield {text: Draft(*row) for text, row in rows.items()}

    def _asked(self, text: str, parts: int) -> DecodeOptions:
        """The published limits, made for USUAL_WORDS, as many times as long as is asked for.

        There is room for the usual words at least: the decoder must not cut the one sentence that
        few words leave, and drafts of several parts are summarised again. A summary is never longer
        than a third of what it can be made from, and what is hardly longer than the shortest
        summary is not padded with inventions.
        """
        words = self.words if parts == 1 else max(USUAL_WORDS, self.words / parts)
        scale, room = words / USUAL_WORDS, self.model.config.positions // 3
        longest = min(round(self.options.max_length * max(1, scale)), room)
        shortest = min(round(self.options.min_length * scale), longest // 2)
        enough = self._length(text) + self._around >= 2 * shortest
        return replace(self.options, max_length=longest, min_length=shortest if enough else 0)


def unpack(row: dict[str, Any]) -> Summary:
    """A summary from its JSON form, the dictionary of its fields."""
    sentences = (
        SummarySentence(s["text"], tuple(s["supports"]), tuple(s["flags"]), s["details"])
        for s in row["sentences"]
    )
    return Summary(tuple(sentences), tuple(row["flags"]))


def _worded(sentences: Text) -> Text:
    return [sentence for sentence in sentences if is_worded(sentence)]


def is_worded(text: str) -> bool:
    """Whether there is anything to summarise."""
    return any(map(str.isalpha, text))


def _words(sentences: Text) -> int:
    return sum(len(sentence.split()) for sentence in sentences)


def _with_evidence(sentences: Text, document: Bilingual) -> tuple[SummarySentence, ...]:
    words = Evidence(document.targets)
    supported = [words.supports(sentence) for sentence in sentences]
    indexes = [found for found, _ in supported]
    checked = summaries.check(sentences, indexes, document.targets, document.sources, document.lang)
    return tuple(
        _flagged(sentence, found, share, findings)
        for sentence, (found, share), findings in zip(sentences, supported, checked, strict=True)
    )


def _flagged(
    sentence: str, supports: tuple[int, ...], share: float, findings: tuple[Finding, ...]
) -> SummarySentence:
    weak = ("weak-support",) if share < ENOUGH_SUPPORT else ()
    flags = dict.fromkeys((*weak, *(finding.name for finding in findings)))
    return SummarySentence(sentence, supports, tuple(flags), details(findings))
