"""A user's glossary: which English a source term must become, and where a translation lacks it.

A file of two to four columns, parted by tabs, in UTF-8:

    source term     English term    alternatives, parted by |     any or exact

The last two may be left out. `exact` asks for the English term as it is written (WHO, not who),
`any` for any case; the source is found in any case. A first line of column names, empty lines and
lines that begin with # are passed over.

A source term is found in its common inflected forms (`pipeline.stems`), its words beside each
other. In scripts without spaces it is found wherever its characters stand.
"""

import os
import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from itertools import pairwise
from pathlib import Path
from typing import Literal, get_args

from models.errors import KhulasaError
from pipeline.flags import Finding
from pipeline.signature import digest
from pipeline.stems import UNSPACED, bases, fold, stems, words

VERSION = 1
"""Of the matching: what it finds belongs to what decides a translation, as the digest does."""

LARGEST = 16 * 2**20  # bytes
MOST = 100_000  # terms
LONGEST = 200  # characters of a term

_REMEMBERED = 2**16  # words that were looked up

Case = Literal["any", "exact"]

_BESIDE = re.compile(r"[\s\u00ad\u2010\u2011-]*")
_HEADS = (
    {"source", "source term", "term", "src"},
    {"target", "english", "english term", "target term", "translation", "tgt"},
)
_CONTROL = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f]")


class UnfitGlossary(KhulasaError):
    """A glossary that cannot be read. The message names the file and the line."""


@dataclass(frozen=True, slots=True)
class Term:
    """What a source term must become: `target`, or one of `alternatives`."""

    source: str
    target: str
    alternatives: tuple[str, ...] = ()
    case: Case = "any"

    @property
    def accepted(self) -> tuple[str, ...]:
        """Every English form that will do, the wanted one first."""
        return (self.target, *self.alternatives)

    @property
    def forms(self) -> tuple[str, ...]:
        """What to write for it: the English term, or its plural where it is no name."""
        both = (self.target, *((_plural(self.target),) if self.case == "any" else ()))
        return tuple(dict.fromkeys(both))

    @property
    def finding(self) -> Finding:
        """The flag for a translation that lacks it."""
        return Finding("glossary", f"{self.source}: {' or '.join(self.accepted)}")

    def stands_in(self, target: str) -> bool:
        """Whether the English `target` has it, as whole words, a plural or a possessive too."""
        return any(_pattern(form, self.case).search(target) for form in self.accepted)


@dataclass(frozen=True, slots=True)
class Occurrence:
    """A term in a source text, from `start` to `end` in characters."""

    start: int
    end: int
    term: Term


@dataclass(frozen=True, slots=True)
class _Entry:
    """A term as it is looked for: the bases of each word, what parts them."""

    words: tuple[frozenset[str], ...]
    gaps: tuple[str, ...]
    term: Term


@dataclass(frozen=True)
class Glossary:
    """All terms of a file. Costs about 0.03 ms a sentence, however many terms there are."""

    terms: tuple[Term, ...]

    @classmethod
    def read(cls, path: Path) -> "Glossary":
        """The glossary in a file. Raises UnfitGlossary, in one line."""
        return cls(tuple(_terms(path, _text(path))))

    @cached_property
    def digest(self) -> str:
        """sha256 of what the terms say; their order and the file's comments do not matter."""
        said = [[t.source, t.target, sorted(t.alternatives), t.case] for t in self.terms]
        return digest(sorted(said))

    def occurrences(self, source: str) -> list[Occurrence]:
        """Where terms stand in a source text, in its order.

        The longest counts: a term within another's place, or across its edge, is none. Of equally
        long ones it is that of which more letters stand there, else the first by the alphabet: the
        order of a file's lines decides nothing.
        """
        found = [*self._spaced(source), *self._unspaced(source)]
        found.sort(key=lambda one: (one.start - one.end, one.start))
        kept: list[Occurrence] = []
        for one in found:
            if all(one.end <= other.start or other.end <= one.start for other in kept):
                kept.append(one)
        return sorted(kept, key=lambda one: one.start)

    def wanted(self, source: str) -> tuple[Term, ...]:
        """The terms that stand in a source text, each once, in its order."""
        return tuple(dict.fromkeys(one.term for one in self.occurrences(source)))

    def lacking(self, source: str, target: str) -> tuple[Term, ...]:
        """The terms of a source text that its translation has in none of their English forms."""
        return tuple(term for term in self.wanted(source) if not term.stands_in(target))

    @cached_property
    def _index(self) -> dict[str, list[_Entry]]:
        """Terms in scripts with spaces, by each base of their first word."""
        index: dict[str, list[_Entry]] = defaultdict(list)
        for term in self.terms:
            if not UNSPACED.search(term.source):
                entry = _entry(term)
                for base in entry.words[0]:
                    index[base].append(entry)
        return index

    @cached_property
    def _begun(self) -> dict[str, tuple[_Entry, ...]]:
        """The terms that may begin with a word, for words that were looked up."""
        return {}

    def _beginning(self, word: str) -> tuple[_Entry, ...]:
        if (entries := self._begun.get(word)) is None:
            if len(self._begun) >= _REMEMBERED:
                self._begun.clear()
            found = {e.term.source: e for stem in stems(word) for e in self._index.get(stem, ())}
            # Of terms that a word may be a form of, the one comes first that is most of the word.
            ranked = sorted((-max(map(len, e.words[0] & stems(word))), n) for n, e in found.items())
            entries = self._begun[word] = tuple(found[source] for _, source in ranked)
        return entries

    def _spaced(self, source: str) -> Iterator[Occurrence]:
        parts = list(words(source))
        for at, (start, _, word) in enumerate(parts):
            for entry in self._beginning(word):
                here = parts[at : at + len(entry.words)]
                if _goes_on(entry, source, here):
                    yield Occurrence(start, here[-1][1], entry.term)

    @cached_property
    def _strings(self) -> dict[str, list[Term]]:
        """Terms in scripts without spaces, by their first two characters."""
        strings: dict[str, list[Term]] = defaultdict(list)
        for term in self.terms:
            if UNSPACED.search(term.source):
                strings[term.source[:2]].append(term)
        return strings

    def _unspaced(self, source: str) -> Iterator[Occurrence]:
        if not self._strings:
            return
        for start in range(len(source)):
            for size in (1, 2):
                for term in self._strings.get(source[start : start + size], ()):
                    if source.startswith(term.source, start):
                        yield Occurrence(start, start + len(term.source), term)


def _entry(term: Term) -> _Entry:
    parts = list(words(term.source))
    return _Entry(tuple(bases(word) for *_, word in parts), _gaps(term.source, parts), term)


def _gaps(text: str, parts: Sequence[tuple[int, int, str]]) -> tuple[str, ...]:
    """What stands between words: nothing for spaces and hyphens, which writers exchange."""
    between = (text[one[1] : other[0]] for one, other in pairwise(parts))
    return tuple("" if _BESIDE.fullmatch(gap) else gap.strip() for gap in between)


def _goes_on(entry: _Entry, source: str, parts: Sequence[tuple[int, int, str]]) -> bool:
    """Whether the other words of the term stand here, the first one being found."""
    if len(parts) < len(entry.words):
        return False
    later = zip(entry.words[1:], parts[1:], strict=True)
    return not entry.gaps or (
        all(not bases_.isdisjoint(stems(word)) for bases_, (_, _, word) in later)
        and _gaps(source, parts) == entry.gaps
    )


@lru_cache(maxsize=2**14)
def _pattern(form: str, case: Case) -> re.Pattern[str]:
    """Finds an English term. An exact one may have the capital of a sentence that begins."""
    found = f"(?<!\\w){_inflected(form)}(?!\\w)"
    if case == "any":
        return re.compile(found, re.IGNORECASE)
    return re.compile(f"{found}|^[\\W_]*{_inflected(form[0].upper() + form[1:])}(?!\\w)")


def _plural(form: str) -> str:
    """The regular plural of an English term; what may be one already stays as it is."""
    if form.endswith("s") or not form[-1].isalpha():
        return form
    if form.endswith("y") and form[-2:-1] not in "aeiou":
        return f"{form[:-1]}ies"
    return form + ("es" if form.endswith(("x", "z", "ch", "sh")) else "s")


def _inflected(form: str) -> str:
    """A pattern of an English term, the last word as it is, as a plural or as a possessive."""
    *first, last = (re.escape(word) for word in form.split())
    stem = f"(?:{last}|{last[:-1]}ie)" if last.endswith("y") else last
    ending = "(?:e?s)?(?:['’]s?)?" if form[-1].isalnum() else ""
    return r"[\s-]+".join((*first, stem + ending))


def _text(path: Path) -> str:
    try:
        with path.open("rb") as file:
            data = file.read(LARGEST + 1)
    except OSError as error:
        reason = os.strerror(error.errno or 0).lower()
        raise UnfitGlossary(f"{path}: {reason}; name a file of tab-separated terms") from error
    if len(data) > LARGEST:
        raise UnfitGlossary(f"{path}: larger than {LARGEST >> 20} MB; keep the terms that matter")
    try:
        return unicodedata.normalize("NFC", data.decode("utf-8-sig"))
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise UnfitGlossary(f"{path}, line {line}: not UTF-8; save the file as UTF-8") from error


def _terms(path: Path, text: str) -> Iterator[Term]:
    """The terms of a file's text, each source once."""
    lines: dict[tuple[str, ...], int] = {}
    first = True
    for number, line in enumerate(text.split("\n"), start=1):
        cells = [" ".join(cell.split()) for cell in line.rstrip("\r").split("\t")]
        if not any(cells) or line.startswith("#"):
            continue
        headed, first = first and _is_head(cells), False
        if headed:
            continue
        try:
            term = _term(line, cells)
            key = tuple(min(bases(word), key=len) for *_, word in words(term.source))
            if key in lines:
                raise ValueError(f"{term.source} stands in line {lines[key]} too; keep one of them")
        except ValueError as error:
            raise UnfitGlossary(f"{path}, line {number}: {error}") from None
        lines[key] = number
        if len(lines) > MOST:
            raise UnfitGlossary(f"{path}: more than {MOST:,} terms; keep those that matter")
        yield term


def _is_head(cells: list[str]) -> bool:
    names = zip(cells, _HEADS, strict=False)
    return len(cells) > 1 and all(fold(cell) in heads for cell, heads in names)


def _term(line: str, cells: list[str]) -> Term:
    """The term of one line. Raises ValueError with what is wrong and what to do."""
    if _CONTROL.search(line.rstrip("\r")):
        raise ValueError("holds control characters; save the file as plain text")
    cells = [*cells, *[""] * (4 - len(cells))]
    source, target, others, case = cells[:4]
    if any(cells[4:]):
        raise ValueError("more than four columns; keep term, English, alternatives, case")
    if not source or not target:
        what = "English" if source else "source"
        raise ValueError(f"no {what} term; write the term, a tab and its English")
    alternatives = tuple(dict.fromkeys(filter(None, (one.strip() for one in others.split("|")))))
    for form in (source, target, *alternatives):
        if len(form) > LONGEST:
            raise ValueError(f"a term of {len(form):,} characters; keep it under {LONGEST}")
        if not any(words(form)):
            raise ValueError(f"{form!r} holds no letters; write a word")
    rule = case.lower() or "any"
    if rule not in get_args(Case):
        raise ValueError(f"the case rule is {case[:40]!r}; write any or exact, or nothing")
    return Term(source, target, alternatives, "exact" if rule == "exact" else "any")
