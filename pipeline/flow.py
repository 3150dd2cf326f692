"""Runs the stages over a stream of documents, batching across them."""

import logging
from collections import deque
from collections.abc import Callable, Generator, Hashable, Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import asdict, astuple, dataclass, field, replace
from functools import cached_property, partial
from itertools import chain
from threading import Event
from typing import TypeVar

from models.catalog import BUNDLED, ENGLISH, EXTRACTIVE, ModelSet
from models.engines.engine import DecodeOptions
from models.errors import KhulasaError, ModelError, TextTooLarge, one_line
from models.model import DEFAULT, Runtime, open_summarizer
from pipeline import mixed, segment, summarize, translate
from pipeline.cache import MEMORY, Cache
from pipeline.document import Document, Failure, Record, Segment, Summary, Translation
from pipeline.extract import Extractor
from pipeline.glossary import Glossary
from pipeline.signature import Signature
from pipeline.stage import Stage, Staged, through_cache
from pipeline.summarize import USUAL_WORDS, Bilingual, Summarizer
from pipeline.translators import Sentence, Translators

log = logging.getLogger(__name__)

# Documents are worked on together until they hold this many characters: some 2,500 sentences of
# news, enough to fill batches of equal length, little enough to keep in memory and not to let a
# person wait long for the first records. tests/benchmarks/tuning.md has the measurements.
WINDOW = 400_000


@dataclass(frozen=True, slots=True)
class Work:
    """A document on its way: what the stages have made of it so far."""

    document: Document
    segments: Staged[list[Segment]]
    translations: Staged[list[Translation]] | None = None


T = TypeVar("T", Document, Work)
R = TypeVar("R", Document, Work, Record)


class Stopped(Exception):
    """Nobody wants the rest: raised between two batches."""


@dataclass(frozen=True)
class Pipeline:
    """Segment, translate and summarise, with every output kept in a cache.

    `models` is a set of the catalogue; `translator` and `summarizer`, where given, are a
    repository or a folder that takes its place, or EXTRACTIVE for a summary without a model.
    `beam` takes the place of the models' own; a summary is to have about so many `words`. Terms
    of `glossary` are translated as it says. `cache` is opened by the caller, who closes it.
    `decoded` hears, from another thread, the stage and how many of its outputs were just decoded
    and kept.
    """

    models: ModelSet = "best"
    translator: str | None = None
    summarizer: str | None = None
    runtime: Runtime = DEFAULT
    beam: int | None = None
    words: int = USUAL_WORDS
    glossary: Glossary | None = None
    cache: Cache = field(default_factory=lambda: Cache(MEMORY))
    decoded: Callable[[str, int], None] = lambda _stage, _count: None
    _stopping: Event = field(default_factory=Event, init=False)

    def run(self, documents: Iterable[Document]) -> Iterator[Record]:
        """One record a document, in order. Raises what `outcomes` gives as a Failure."""
        for outcome in self.outcomes(documents):
            if isinstance(outcome, Record):
                yield outcome
            else:
                raise outcome.cause or RuntimeError(str(outcome))

    def outcomes(
        self, given: Iterable[Document | Failure]
    ) -> Generator[Record | Failure, None, None]:
        """A record or the failure of each document, in order; failures pass through.

        While another thread decodes one window of documents, this one reads and segments the next
        and the caller writes the last. When the iterator is closed, the batch in flight is kept
        and the rest left. Raises ModelError where there is no summariser; a language without a
        translator fails its documents only.
        """
        self._stopping.clear()
        decoder = ThreadPoolExecutor(1, "decoder")
        pending: deque[Future[list[Record | Failure]]] = deque()
        try:
            for window in _windows(given):
                prepared = self.segmented(self._admitted(window))
                pending.append(decoder.submit(self._decode, prepared))
                if len(pending) > 1:
                    yield from pending.popleft().result()
            while pending:
                yield from pending.popleft().result()
        finally:
            self._stopping.set()
            decoder.shutdown(cancel_futures=True)

    @cached_property
    def translators(self) -> Translators:
        """The translators of all languages; a model is loaded when first used."""
        return Translators(
            self.models,
            self.translator,
            self.runtime,
            self._options,
            self.cache,
            self.glossary,
            partial(self._heard, "translate"),
        )

    @cached_property
    def summarizer_stage(self) -> Summarizer | Extractor:
        """The summarising stage; its model, if it has one, is loaded when first used."""
        if self.summarizer == EXTRACTIVE:
            return Extractor(self.words)
        model = open_summarizer(self.models, self.summarizer, self.runtime)
        return Summarizer(model, self._options(model.config.decode), self.words, self.cache)

    def _options(self, defaults: DecodeOptions) -> DecodeOptions:
        return defaults if self.beam is None else replace(defaults, beam=self.beam)

    def _heard(self, stage: str, count: int) -> None:
        self.decoded(stage, count)
        if self._stopping.is_set():
            raise Stopped

    def segmenting(self, document: Document) -> Stage[str, list[Segment]]:
        """Stage 1: from the text of a document, or of another in the same language.

        A language that a person named is that of every segment.
        """
        lang, told = document.lang, document.lang_score is not None
        cut = partial(mixed.segment, main=lang) if told else partial(segment.segment, lang=lang)
        params = segment.params(lang) | (mixed.params() if told else {})

        def compute(texts: list[str]) -> Iterator[dict[int, list[Segment]]]:
            yield {index: cut(text) for index, text in enumerate(texts)}

        return Stage(
            Signature("segment", segment.VERSION, tuple(params.items())),
            compute,
            len,
            lambda segments: [astuple(one) for one in segments],
            lambda rows: [Segment(*row) for row in rows],
        )

    def translating(
        self, langs: tuple[str, ...], fresh: set[Sentence]
    ) -> Stage[list[Sentence], list[Translation]]:
        """Stage 2: from sentences in these languages. `fresh` collects those that were decoded."""
        signature = self.translators.signature(langs)

        def compute(missing: list[list[Sentence]]) -> Iterator[dict[int, list[Translation]]]:
            made, decoded = self.translators.translate(chain.from_iterable(missing))
            fresh.update(decoded)
            of_documents = ([made[one] for one in sentences] for sentences in missing)
            yield {index: translate.unsure(of_one) for index, of_one in enumerate(of_documents)}

        return Stage(
            signature,
            compute,
            lambda sentences: sum(len(one.text) for one in fresh.intersection(sentences)),
            lambda translations: [translate.pack(one) for one in translations],
            lambda rows: [translate.unpack(row) for row in rows],
        )

    def summarizing(self) -> Stage[Bilingual, Summary]:
        """Stage 3: from English sentences, held against their sources."""
        summarizer = self.summarizer_stage

        def compute(documents: list[Bilingual]) -> Iterator[dict[int, Summary]]:
            for portion in summarizer.summarize(documents):
                yield portion
                self._heard("summarize", len(portion))  # by now it is kept

        return Stage(
            summarizer.signature,
            compute,
            lambda document: sum(map(len, document.targets)),
            asdict,
            summarize.unpack,
        )

    def segmented(self, window: Sequence[Document | Failure]) -> list[Work | Failure]:
        """Documents with their segments, in order; failures pass through, as in what follows."""
        return _by_kind(
            self._segment, window, lambda document: (document.lang, document.lang_score is not None)
        )

    def translated(self, window: Sequence[Work | Failure]) -> list[Work | Failure]:
        """Documents with their translations. A language without a translator fails."""
        return _by_kind(self._translate, window, self._languages)

    def summarized(self, window: Sequence[Work | Failure]) -> list[Record | Failure]:
        """The records. Raises ModelError where there is no summariser."""
        return _by_kind(self._summarize, window, lambda _: ())

    def _admitted(self, window: Sequence[Document | Failure]) -> list[Document | Failure]:
        """A missing model is told before anything is computed."""
        return _by_kind(self._admit, window, lambda document: document.lang)

    def _admit(self, documents: list[Document]) -> list[Document | Failure]:
        if unusable := self.translators.refusal(documents[0].lang):
            return [_failure(document, unusable) for document in documents]
        self.summarizing()
        return [*documents]

    def _segment(self, documents: list[Document]) -> list[Work | Failure]:
        stage, texts = self.segmenting(documents[0]), [document.text for document in documents]
        return list(map(Work, documents, through_cache(self.cache, stage, documents, texts)))

    def _decode(self, window: list[Work | Failure]) -> list[Record | Failure]:
        if self._stopping.is_set():
            raise Stopped
        return self.summarized(self.translated(window))

    def _translate(self, works: list[Work]) -> list[Work | Failure]:
        documents, langs, fresh = (
            [w.document for w in works],
            self._languages(works[0]),
            set[Sentence](),
        )
        if unusable := self.translators.refusal(langs[0]):
            return [_failure(document, unusable) for document in documents]
        segmented = [(work.document.lang, work.segments.value) for work in works]
        sentences = self.translators.sentences(segmented)
        try:
            stage = self.translating(langs, fresh)
            staged = through_cache(self.cache, stage, documents, sentences)
        except ModelError:  # a model was there, but does not load or fails its self-test
            if unusable := self.translators.refusal(langs[0]):
                return [_failure(document, unusable) for document in documents]
            return self._translate(works)
        counted = [_counted(*pair, fresh) for pair in zip(staged, sentences, strict=True)]
        return [replace(work, translations=one) for work, one in zip(works, counted, strict=True)]

    def _languages(self, work: Work) -> tuple[str, ...]:
        return self.translators.languages(work.document.lang, work.segments.value)

    def _summarize(self, works: list[Work]) -> list[Record | Failure]:
        documents = [work.document for work in works]
        staged = [work.translations for work in works if work.translations]
        articles = [_bilingual(*pair) for pair in zip(works, staged, strict=True)]
        summaries = through_cache(self.cache, self.summarizing(), documents, articles)
        return list(map(self._record, works, staged, summaries))

    def _record(
        self, work: Work, translated: Staged[list[Translation]], summarized: Staged[Summary]
    ) -> Record:
        return Record(
            work.document,
            tuple(work.segments.value),
            tuple(translated.value),
            summarized.value,
            (*work.document.flags, *self._flags(work), *summarized.value.flags),
            {
                "segment": work.segments.report,
                "translate": translated.report,
                "summarize": summarized.report,
            },
        )

    def _flags(self, work: Work) -> list[str]:
        """What is to be said of a document as a whole."""
        langs = self._languages(work)
        summarizer = self.summarizer_stage.model
        models = [summarizer] if summarizer else []
        models += [self.translators.of(one).model for one in langs if self._has_model(one)]
        bundled = any(model.located.name.startswith(BUNDLED) for model in models)
        unverified = not all(model.verified for model in models)
        return [
            *(["mixed-languages"] * (len(langs) > 1)),
            *(["tiny-models"] * bundled),
            *(["unverified-model"] * unverified),
        ]

    def _has_model(self, lang: str) -> bool:
        return lang != ENGLISH and not self.translators.refusal(lang)


def _by_kind(
    work: Callable[[list[T]], list[R | Failure]],
    window: Sequence[T | Failure],
    kind: Callable[[T], Hashable],
) -> list[R | Failure]:
    """What `work` makes of all that is of one kind, put back in order."""
    going = {i: one for i, one in enumerate(window) if not isinstance(one, Failure)}
    done: dict[int, R | Failure] = {
        i: one for i, one in enumerate(window) if isinstance(one, Failure)
    }
    for one_kind in dict.fromkeys(map(kind, going.values())):
        chosen = [index for index, one in going.items() if kind(one) == one_kind]
        done |= zip(chosen, _isolated(work, [going[index] for index in chosen]), strict=True)
    return [done[index] for index in range(len(window))]


def _isolated(work: Callable[[list[T]], list[R | Failure]], items: list[T]) -> list[R | Failure]:
    """What `work` makes of the items; one that breaks it fails alone, found by halving."""
    try:
        return work(items)
    except Exception as error:
        if isinstance(error, (KhulasaError, Stopped)) and not isinstance(error, TextTooLarge):
            raise
        if len(items) == 1:
            log.debug("unexpected", exc_info=True)
            [item] = items
            return [_failure(item.document if isinstance(item, Work) else item, error)]
        middle = len(items) // 2
        return _isolated(work, items[:middle]) + _isolated(work, items[middle:])


def _failure(document: Document, error: Exception) -> Failure:
    foreseen = isinstance(error, KhulasaError)
    reason = str(error) if foreseen else f"unexpected {type(error).__name__}: {one_line(error)}"
    return Failure(reason, document.path, document.line, document.id, error)


def _bilingual(work: Work, translated: Staged[list[Translation]]) -> Bilingual:
    sources = [segment.text for segment in work.segments.value]
    return Bilingual(work.document.lang, sources, [one.text for one in translated.value])


def _counted(
    staged: Staged[list[Translation]], sources: list[Sentence], fresh: set[Sentence]
) -> Staged[list[Translation]]:
    """Add to the report how many segments there are and how many were looked up.

    A sentence that several documents share was decoded for the first: it leaves `fresh`.
    """
    if staged.report.cached:
        return staged
    decoded = fresh.intersection(sources)
    fresh -= decoded
    foreign = sum(translation.by == "model" for translation in staged.value)
    remembered = foreign - len(decoded)
    report = replace(staged.report, sentences=len(sources), remembered=remembered)
    return replace(staged, report=report)


def _windows(given: Iterable[Document | Failure]) -> Iterator[list[Document | Failure]]:
    window: list[Document | Failure] = []
    characters = 0
    for one in given:
        window.append(one)
        characters += len(one.text) if isinstance(one, Document) else 0
        if characters >= WINDOW:
            yield window
            window, characters = [], 0
    if window:
        yield window
