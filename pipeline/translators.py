"""Every sentence to the model of its language; a model that serves several is loaded once."""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import chain
from pathlib import Path
from typing import NamedTuple

from models.catalog import ENGLISH, ModelSet, UnknownLanguage, languages
from models.engines.engine import DecodeOptions, Engine
from models.errors import KhulasaError, ModelError
from models.model import Runtime, open_translator
from pipeline.cache import Cache
from pipeline.document import Segment, Translation
from pipeline.glossary import Glossary
from pipeline.signature import Signature
from pipeline.translate import VERSION, Translator, checked


class Sentence(NamedTuple):
    """What is to be translated. `corrected` is what a person made of it, where one did."""

    text: str
    lang: str
    corrected: str | None = None


Translated = dict[Sentence, Translation]


@dataclass(frozen=True)
class Translators:
    """The translators of all languages, each opened when it is first needed.

    `reference`, where given, translates whatever is not English. `kept` hears how many sentences
    were just decoded.
    """

    models: ModelSet
    reference: str | None
    runtime: Runtime
    options: Callable[[DecodeOptions], DecodeOptions]
    memory: Cache
    glossary: Glossary | None
    kept: Callable[[int], None]
    _open: dict[str, Translator] = field(default_factory=dict, init=False)
    _engines: dict[Path, Engine] = field(default_factory=dict, init=False)
    _unusable: dict[str, KhulasaError] = field(default_factory=dict, init=False)

    def of(self, lang: str) -> Translator:
        """The translator of a language. Raises ModelError or UnknownLanguage."""
        if lang not in self._open:
            known = languages().get(lang)
            model = open_translator(lang, self.models, self.reference, self.runtime, self._engines)
            script = known.script if known else "Latn"
            self._open[lang] = Translator(
                model,
                lang,
                script,
                self.options(model.config.decode),
                self.memory,
                self.glossary,
                self.kept,
            )
        return self._open[lang]

    def refusal(self, lang: str) -> KhulasaError | None:
        """Why a language cannot be translated; what was tried once is not tried again."""
        if lang != ENGLISH and lang not in self._unusable:
            try:
                self.of(lang)
            except (ModelError, UnknownLanguage) as error:
                self._unusable[lang] = error
        return self._unusable.get(lang)

    def sentences(self, documents: Sequence[tuple[str, Sequence[Segment]]]) -> list[list[Sentence]]:
        """What is to be translated of documents: of each its language and segments.

        A model that was named is meant for all of a document that is not English.
        """
        plain = [
            [Sentence(one.text, self._language(one, main)) for one in segments]
            for main, segments in documents
        ]
        texts: dict[str, dict[str, None]] = {}
        for one in chain.from_iterable(plain):
            texts.setdefault(one.lang, {})[one.text] = None
        corrected = {
            lang: self.memory.corrected(lang, list(of_one)) for lang, of_one in texts.items()
        }
        return [
            [one._replace(corrected=corrected[one.lang].get(one.text)) for one in of_document]
            for of_document in plain
        ]

    def languages(self, main: str, segments: Iterable[Segment]) -> tuple[str, ...]:
        """Those that a document in the language `main` needs, its own first: all but English."""
        others = {self._language(one, main) for one in segments} - {main, ENGLISH}
        return (main, *sorted(others))

    def _language(self, segment: Segment, main: str) -> str:
        own = segment.lang or main
        return main if self.reference and ENGLISH not in (own, main) else own

    def signature(self, langs: tuple[str, ...]) -> Signature:
        """What decides the translations of a document in these languages, its own first.

        English, which has no model, is not among the others.
        """
        main, *others = langs
        if main == ENGLISH:
            own = Signature("translate", VERSION, (("lang", ENGLISH),))
        else:
            own = self.of(main).signature
        with_others = ((f"with-{lang}", self._digest(lang)) for lang in others)
        return replace(own, params=(*own.params, *with_others))

    def _digest(self, lang: str) -> str:
        return "none" if self.refusal(lang) else self.of(lang).signature.digest[:16]

    def translate(self, sentences: Iterable[Sentence]) -> tuple[Translated, set[Sentence]]:
        """The checked translation of every distinct sentence, and those decoded for it.

        What a person made of a sentence comes before what a model would. English, and what has no
        model, comes back as it is, flagged. Raises ModelError where a model does not load or fails
        its self-test; its language has none from then on.
        """
        by_language: dict[str, dict[Sentence, None]] = {}
        for sentence in sentences:
            by_language.setdefault(sentence.lang, {})[sentence] = None
        made: Translated = {}
        decoded: set[Sentence] = set()
        for lang, of_one in by_language.items():
            human = {s: self._by_a_person(s) for s in of_one if s.corrected is not None}
            made |= human
            rest = {sentence.text: sentence for sentence in of_one if sentence not in human}
            translated, new = self._of_one_language(lang, rest)
            made |= {rest[text]: one for text, one in translated.items()}
            decoded |= {rest[text] for text in new}
        return made, decoded

    def _of_one_language(
        self, lang: str, texts: Collection[str]
    ) -> tuple[Mapping[str, Translation], set[str]]:
        if texts and lang != ENGLISH and not self.refusal(lang):
            try:
                return self.of(lang).translate(texts)
            except ModelError as error:
                self._unusable[lang] = error
                raise
        return {text: _as_it_is(text, lang) for text in texts}, set()

    def _by_a_person(self, sentence: Sentence) -> Translation:
        translation = Translation(sentence.corrected or "", by="memory")
        return checked(sentence.text, translation, sentence.lang, self.glossary)


def _as_it_is(text: str, lang: str) -> Translation:
    if not any(map(str.isalpha, text)):
        return Translation(text, flags=("untranslated",), by="source")
    flag = "english" if lang == ENGLISH else "no-model"
    return Translation(text, flags=(flag,), by="source")
