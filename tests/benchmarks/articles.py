"""Texts in many languages for measurements: the project's own, and real ones where given."""

import json
import re
import unicodedata
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import cycle, islice
from pathlib import Path

from tests.benchmarks.flores import CODES

SEEDS = Path(__file__).parents[2] / "seeds"
TOGETHER = 4  # documents of FLORES in one article: alone they have three sentences

RIGHT_TO_LEFT = frozenset({"ar", "fa", "he", "ur"})
# Half is Arabic, which the bundled model translates.
OTHERS = ("en", "fa", "ur", "he", "ru", "zh", "fr", "mixed", "uk")
TURNS = tuple(turn for other in OTHERS for turn in ("ar", other))

_CJK = "\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af"
_WORD = re.compile(rf"[{_CJK}]|(?:(?![{_CJK}])[^\W_])+")


@dataclass(frozen=True, slots=True)
class Article:
    """A headline and what follows it."""

    lang: str
    title: str
    paragraphs: tuple[str, ...]

    @property
    def text(self) -> str:
        return "\n".join([self.title, *self.paragraphs])

    @property
    def direction(self) -> str:
        return "rtl" if self.lang in RIGHT_TO_LEFT or self.lang == "mixed" else "ltr"


def words(text: str) -> "Counter[str]":
    """The words of a text with their number; characters where words are not parted."""
    return Counter(_WORD.findall(unicodedata.normalize("NFC", text)))


def halves(text: str) -> tuple[str, str]:
    """A text cut at the space next to its middle."""
    middle = len(text) // 2
    at = max(text.find(" ", middle), text.rfind(" ", 0, middle))
    at = at if at > 0 else middle
    return text[:at].strip(), text[at:].strip()


class Supply:
    """Articles by language, each taken in its turn; `mixed` has Arabic and English."""

    def __init__(self, articles: Path | None, flores: Path | None) -> None:
        found: dict[str, list[Article]] = {}
        given = [*_seeds(), *(_flores(flores) if flores else ())]
        for one in [*(_lines(articles) if articles else ()), *given]:
            found.setdefault(one.lang, []).append(one)
        found["mixed"] = [_mixed(*pair) for pair in zip(found["ar"], found["en"], strict=False)]
        self._turns = cycle([lang for lang in TURNS if lang in found])
        self._by_lang = {lang: cycle(several) for lang, several in found.items()}

    def take(self, count: int, lang: str | None = None) -> list[Article]:
        """The next articles, of a language or of all in turn."""
        langs = (lang for _ in range(count)) if lang else islice(self._turns, count)
        return [next(self._by_lang[one]) for one in langs]


def _seeds() -> Iterator[Article]:
    for path in sorted(SEEDS.glob("??-*.txt")):
        parts = path.name.split(".")
        if parts[1:-1] in ([], ["en"]):
            lang = "en" if len(parts) == 3 else path.name[:2]
            # One seed is wrapped by hand, with blank lines between its paragraphs.
            ends = "\n\n" if path.name == "pt-bridge.txt" else "\n"
            lines = (" ".join(line.split()) for line in path.read_text("utf-8").split(ends))
            title, *paragraphs = filter(None, lines)
            yield Article(lang, title, tuple(paragraphs))


def _lines(path: Path) -> Iterator[Article]:
    for line in path.read_text("utf-8").split("\n"):
        if line:
            row = json.loads(line)
            paragraphs = (" ".join(part.split()) for part in row["text"].splitlines())
            yield Article("ar", " ".join(row["title"].split()), tuple(filter(None, paragraphs)))


def _flores(folder: Path) -> Iterator[Article]:
    head, *rows = (folder / "metadata_devtest.tsv").read_text("utf-8").splitlines()
    pages = [row.split("\t")[head.split("\t").index("URL")] for row in rows]
    for name, lang in CODES.items():
        sentences = (folder / f"{name}.devtest").read_text("utf-8").splitlines()
        documents: dict[str, list[str]] = {}
        for page, sentence in zip(pages, sentences, strict=True):
            documents.setdefault(page, []).append(" ".join(sentence.split()))
        several = list(documents.values())
        for at in range(0, len(several) - TOGETHER, TOGETHER):
            (title, *first), *rest = several[at : at + TOGETHER]
            gap = "" if lang in ("zh", "ja") else " "
            kept = [gap.join(part) for part in (first, *rest) if part]
            yield Article(lang, title, tuple(kept))


def _mixed(arabic: Article, english: Article) -> Article:
    pairs = zip(arabic.paragraphs, english.paragraphs, strict=False)
    return Article("mixed", arabic.title, tuple(one for pair in pairs for one in pair))
