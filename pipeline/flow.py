"""Runs the stages over a stream of documents, batching across them."""

from collections.abc import Iterable, Iterator
from dataclasses import asdict, astuple, dataclass, field, replace
from functools import cached_property
from itertools import chain

from models.catalog import BUNDLED, ModelSet, languages
from models.engine import DecodeOptions
from models.model import DEFAULT, Runtime, open_summarizer, open_translator
from pipeline import segment, summarize, translate
from pipeline.cache import MEMORY, Cache
from pipeline.document import Document, Record, Segment, Summary, Translation
from pipeline.signature import Signature
from pipeline.stage import Stage, Staged, through_cache
from pipeline.summarize import Summarizer
from pipeline.translate import Translator

# Documents are worked on together until they hold this many characters: some 1,000 sentences of
# news, enough to fill batches of equal length, little enough to keep in memory.
WINDOW = 150_000


@dataclass(frozen=True)
class Pipeline:
    """Segment, translate and summarise, with every output kept in a cache.

    `models` is a set of the catalogue; `translator` and `summarizer`, where given, are a
    repository or a folder that takes its place. `beam` takes the place of the models' own.
    `cache` is opened by the caller, who closes it.
    """

    models: ModelSet = "best"
    translator: str | None = None
    summarizer: str | None = None
    runtime: Runtime = DEFAULT
    beam: int | None = None
    cache: Cache = field(default_factory=lambda: Cache(MEMORY))
    _translators: dict[str, Translator] = field(default_factory=dict, init=False)

    def run(self, documents: Iterable[Document]) -> Iterator[Record]:
        """One record a document, in order. Raises ModelError where a model cannot be used."""
        for window in _windows(documents):
            records: dict[int, Record] = {}
            for lang in dict.fromkeys(document.lang for document in window):
                chosen = [i for i, document in enumerate(window) if document.lang == lang]
                records |= zip(chosen, self._records([window[i] for i in chosen]), strict=True)
            yield from (records[index] for index in range(len(window)))

    def translator_for(self, lang: str) -> Translator:
        """The translating stage of a language; its model is loaded when first used."""
        if lang not in self._translators:
            known = languages().get(lang)
            model = open_translator(lang, self.models, self.translator, self.runtime)
            script = known.script if known else "Latn"
            options = self._options(model.config.decode)
            self._translators[lang] = Translator(model, script, options, self.cache)
        return self._translators[lang]

    @cached_property
    def summarizer_stage(self) -> Summarizer:
        """The summarising stage; its model is loaded when first used."""
        model = open_summarizer(self.models, self.summarizer, self.runtime)
        return Summarizer(model, self._options(summarize.options_for(model)))

    def _options(self, defaults: DecodeOptions) -> DecodeOptions:
        return defaults if self.beam is None else replace(defaults, beam=self.beam)

    def segmenting(self, lang: str) -> Stage[str, list[Segment]]:
        """Stage 1: from the text of a document."""
        return Stage(
            Signature("segment", segment.VERSION, tuple(segment.params(lang).items())),
            lambda texts: [segment.segment(text, lang) for text in texts],
            lambda segments: [astuple(one) for one in segments],
            lambda rows: [Segment(*row) for row in rows],
        )

    def translating(self, lang: str, known: set[str]) -> Stage[list[str], list[Translation]]:
        """Stage 2: from source texts. `known` collects those that the memory already held."""
        translator = self.translator_for(lang)

        def compute(missing: list[list[str]]) -> list[list[Translation]]:
            translations, remembered = translator.translate(chain.from_iterable(missing))
            known.update(remembered)
            return [[translations[source] for source in texts] for texts in missing]

        return Stage(
            translator.signature,
            compute,
            lambda translations: [translate.pack(one) for one in translations],
            lambda rows: [translate.unpack(row) for row in rows],
        )

    def summarizing(self) -> Stage[list[str], Summary]:
        """Stage 3: from English sentences."""
        summarizer = self.summarizer_stage
        return Stage(summarizer.signature, summarizer.summarize, asdict, summarize.unpack)

    def _records(self, documents: list[Document]) -> Iterator[Record]:
        """The three stages over documents of one language."""
        lang, known = documents[0].lang, set[str]()
        # Every model is looked for before anything is computed: a missing one is told at once.
        segmenting = self.segmenting(lang)
        translating = self.translating(lang, known)
        summarizing = self.summarizing()
        segmented = through_cache(self.cache, segmenting, documents, [d.text for d in documents])
        sources = [[segment.text for segment in stage.value] for stage in segmented]
        staged = through_cache(self.cache, translating, documents, sources)
        translated = [_counted(*pair, known) for pair in zip(staged, sources, strict=True)]
        targets = [[translation.text for translation in stage.value] for stage in translated]
        summarized = through_cache(self.cache, summarizing, documents, targets)
        return map(self._record, documents, segmented, translated, summarized)

    def _record(
        self,
        document: Document,
        segmented: Staged[list[Segment]],
        translated: Staged[list[Translation]],
        summarized: Staged[Summary],
    ) -> Record:
        models = (self.translator_for(document.lang).model, self.summarizer_stage.model)
        bundled = any(model.located.name.startswith(BUNDLED) for model in models)
        unverified = not all(model.verified for model in models)
        flags = ["tiny-models"] * bundled + ["unverified-model"] * unverified
        return Record(
            document,
            tuple(segmented.value),
            tuple(translated.value),
            summarized.value,
            (*document.flags, *flags, *summarized.value.flags),
            {
                "segment": segmented.report,
                "translate": translated.report,
                "summarize": summarized.report,
            },
        )


def _counted(
    staged: Staged[list[Translation]], sources: list[str], known: set[str]
) -> Staged[list[Translation]]:
    """Add to the report how many segments there are and how many the memory knew."""
    if staged.report.cached:
        return staged
    remembered = sum(source in known for source in sources)
    report = replace(staged.report, sentences=len(sources), remembered=remembered)
    return replace(staged, report=report)


def _windows(documents: Iterable[Document]) -> Iterator[list[Document]]:
    window: list[Document] = []
    characters = 0
    for document in documents:
        window.append(document)
        characters += len(document.text)
        if characters >= WINDOW:
            yield window
            window, characters = [], 0
    if window:
        yield window
