"""The records that flow from stage to stage, and their JSON form."""

from dataclasses import dataclass

SCHEMA = 1


@dataclass(frozen=True, slots=True)
class Document:
    """What a reader made of one source. `text` is NFC; every line is a headline or a paragraph.

    `lang` is an ISO 639-1 code; `lang_score` is None where a person named the language.
    """

    id: str
    lang: str
    title: str
    text: str
    path: str | None = None
    lang_score: float | None = None


@dataclass(frozen=True, slots=True)
class Segment:
    """A sentence or headline: `document.text[start:end] == text`, offsets in characters."""

    index: int
    paragraph: int
    start: int
    end: int
    text: str


@dataclass(frozen=True, slots=True)
class Translation:
    """The English of one source text. `score`: mean token log-probability; None if not decoded."""

    text: str
    score: float | None = None
    flags: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class SummarySentence:
    """One sentence of a summary and the indexes of the segments that support it."""

    text: str
    supports: tuple[int, ...] = ()
    flags: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Summary:
    """The abstract of a document. It may be empty: where there was nothing to summarise."""

    sentences: tuple[SummarySentence, ...] = ()
    flags: tuple[str, ...] = ()

    @property
    def text(self) -> str:
        return " ".join(sentence.text for sentence in self.sentences)
