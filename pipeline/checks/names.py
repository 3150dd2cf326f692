"""Names in English text: capitalised words, and whether a document knows them.

There is no list of names: a document knows a name when it holds it, in whatever case, or holds
what the name derives from or abbreviates: Britain and British, the United Nations and the UN.
"""

import re
import tomllib
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache, cached_property, lru_cache
from itertools import pairwise
from pathlib import Path
from typing import Any

# A word may hold digits (MI5), inner dots (U.S.) and apostrophes (O'Neill), but no hyphen: the
# parts of a double name are checked one by one. None is longer than 41 signs.
_WORD = re.compile(r"[^\W\d_](?:[^\W_]|[.'’](?=[^\W_])){0,40}")
_RUN = re.compile(
    r"(?<![\w.'’])[^\W_][\w.'’]*+(?:[ -](?:(?:of|and|for|the|on) ){0,2}[A-Z][\w.'’]*+)+"
)
# What the first word of a sentence, a quotation, a title or a remark follows; no Dr. or J. is.
_SHORT_WORD = r"(?<![A-Z])(?<![A-Z][a-z])(?<![A-Z][a-z][a-z])"
_OPENING = re.compile(rf"(?:^|{_SHORT_WORD}\.|[:;!?…]|[\"“‘'«(\[–—•*|/])[\s\"“”‘’'«(\[.…–—•*-]*$")
_REACH = 12  # characters that are looked at before a word
_CAPITALS = re.compile(r"((?:[A-Z]\.?){2,}|[A-Z]+\d[\dA-Z]*)(?:['’]?s)?")
_FOLLOWING = re.compile(r"(,?) ([\w'’]+)")
_POSSESSIVE = ("'s", "’s")

# What opens a sentence is none if it ends as adverbs, mass nouns and plurals do.
_ORDINARY = re.compile(r".*(?:ing|ed|ly|[st]ion|ment|ness|ity|sy|cy|ism|nce|ship|[ia]l|ive)")

_TOGETHER = 3  # words from one part of a full name to the other, at most: a title, a middle name
_SHORT, _LONG = 5, 8  # letters of a name from which on one of them, or two, may be a slip


@dataclass(frozen=True, slots=True)
class Name:
    """A capitalised word at `start` to `end` of a sentence, and its `key`: see `fold`."""

    start: int
    end: int
    text: str
    key: str

    @property
    def acronym(self) -> str:
        """Its letters if it is written in capitals, else nothing."""
        return _letters(self.text)


@lru_cache(maxsize=2**8)  # several questions are asked of a sentence
def read(sentence: str) -> tuple[Name, ...]:
    """The names of an English sentence, word by word; none where capitals tell nothing."""
    words = list(_WORD.finditer(sentence))
    if not any(word.group().islower() and len(word.group()) > 3 for word in words):
        return ()
    found = (word for word in words if _is_name(word))
    return tuple(Name(*word.span(), word.group(), fold(word.group())) for word in found)


@lru_cache(maxsize=2**16)  # news says the same words again and again
def fold(word: str) -> str:
    """What forms of a name have in common: no case, accents, dots, 's and plural s."""
    if not word.isascii():
        word = unicodedata.normalize("NFKD", word.replace("’", "'"))
        word = "".join(char for char in word if not unicodedata.combining(char))
    word = word.lower().replace(".", "").removesuffix("'s")
    return word[:-1] if len(word) > 3 and word.endswith("s") else word


def _letters(word: str) -> str:
    found = _CAPITALS.fullmatch(word)
    return found[1].replace(".", "") if found else ""


def _is_name(word: re.Match[str]) -> bool:
    text = word.group()
    if not text[0].isupper() or re.split("['’]", text.lower())[0] in _list("titles"):
        return False
    before = word.string[max(0, word.start() - _REACH) : word.start()]
    opens = _OPENING.search(before) and (before.strip() or word.start() <= _REACH)
    return not opens or _opens_as_name(word)


def _opens_as_name(word: re.Match[str]) -> bool:
    """Whether what opens a sentence is a name and not any word: what follows tells.

    A capital does, and a comma or a verb, before which an ordinary noun would have an article;
    unless it ends as ordinary words without one do.
    """
    text = word.group()
    if re.split("['’]", text.lower())[0] in _list("openers"):
        return False
    if _CAPITALS.fullmatch(text) or text.endswith(_POSSESSIVE):
        return True
    following = _FOLLOWING.match(word.string, word.end())
    if following is None or following[2][:1].isupper():
        return following is not None and not following[1]
    verb = following[2].replace("’", "'")
    tells = following[1] or verb.endswith("ed") or verb in _list("verbs")
    plural = text.endswith("s") and not verb.endswith("s")
    return bool(tells) and not plural and not _ORDINARY.fullmatch(text)


@dataclass(frozen=True)
class Known:
    """The words of a document, as names are looked up in them."""

    text: str

    def unknown(self, sentence: str) -> list[Name]:
        """The names of an English sentence that the document lacks, and what says the same."""
        lacking = [name for name in read(sentence) if not self._holds(name)]
        spelt_out = list(self._spelt_out(sentence)) if lacking else []
        return [name for name in lacking if not any(name.start in span for span in spelt_out)]

    def mixed(self, sentence: str) -> list[str]:
        """Full names of which the document has both parts, as names only, but never together."""
        found = read(sentence)
        return [
            f"{one.text} {other.text}"
            for one, other in pairwise(found)
            if sentence[one.end : other.start] == " " and self._apart(one, other)
        ]

    def spelling(self, name: Name) -> str:
        """A name of the document that differs by a slip of the pen; empty if none does."""
        return min((w for w in self._capitalised if _is_slip(name.key, fold(w))), default="")

    @cached_property
    def _words(self) -> list[str]:
        return _WORD.findall(self.text)

    @cached_property
    def _folded(self) -> list[str]:
        return [fold(word) for word in self._words]

    @cached_property
    def _capitalised(self) -> frozenset[str]:
        return frozenset(word for word in set(self._words) if word[0].isupper())

    @cached_property
    def _names(self) -> frozenset[str]:
        return frozenset(map(fold, self._capitalised))

    @cached_property
    def _lower(self) -> frozenset[str]:
        return frozenset(map(fold, set(self._words) - self._capitalised))

    @cached_property
    def _initials(self) -> str:
        """First letters of names in a row; `|` where a word of more than three letters parts."""
        words = self._words
        return "".join(w[0] if w[0].isupper() else "|" if len(w) > 3 else "" for w in words)

    @cached_property
    def _joined(self) -> str:
        return "".join(self._folded)

    def _holds(self, name: Name) -> bool:
        key, acronym = name.key, name.acronym
        if key in self._names or (key in self._lower and not acronym):
            return True
        if len(acronym) > 1 and acronym in self._initials:
            return True
        together = len(key) > _SHORT and key in self._joined  # Ironman, Iron Man
        return together or self._renamed(key) or self._dated(key) or self._derived(key)

    def _apart(self, one: Name, other: Name) -> bool:
        if one.text.endswith(_POSSESSIVE) or not {one.key, other.key} <= self._names - self._lower:
            return False
        places = [place for place, key in enumerate(self._folded) if key == one.key]
        reach = _TOGETHER + 1
        near = (self._folded[max(0, place - _TOGETHER) : place + reach] for place in places)
        return not any(other.key in keys for keys in near)

    def _spelt_out(self, sentence: str) -> Iterator[range]:
        """Where names stand whose initials are an acronym of the document."""
        acronyms = [letters for word in self._capitalised if len(letters := _letters(word)) > 1]
        for run in _RUN.finditer(sentence):
            initials = "".join(w[0] for w in _WORD.findall(run.group()) if w[0].isupper())
            if any(acronym in initials for acronym in acronyms):
                yield range(*run.span())

    def _renamed(self, key: str) -> bool:
        groups = _groups().get(key, ())
        return any(self._names.issuperset(one.split()) for group in groups for one in group)

    def _dated(self, key: str) -> bool:
        """January and Jan., Sept. and September."""
        days = [day for day in _list("calendar") if len(key) >= 3 and day.startswith(key)]
        return any(day[:size] in self._names for day in days for size in (3, 4, len(day)))

    def _derived(self, key: str) -> bool:
        return any(_derives(key, name) for name in self._names if name[:4] == key[:4])


def _derives(one: str, other: str) -> bool:
    """Whether one is a place and the other its people or language, by what follows their stem."""
    people = _list("people")
    either = people | _list("place") | {""}
    return any(
        one[:cut] == other[:cut]
        and {one[cut:], other[cut:]} <= either
        and not people.isdisjoint((one[cut:], other[cut:]))
        for cut in range(max(4, len(one) - 5, len(other) - 5), min(len(one), len(other)) + 1)
    )


def _is_slip(one: str, other: str) -> bool:
    """Whether one letter is too many, missing, wrong or swapped; two in long names."""
    size = min(len(one), len(other))
    most = 2 if size >= _LONG else 1
    if size < _SHORT or abs(len(one) - len(other)) > most or one[0] != other[0]:
        return False
    return _distance(one, other) <= most


def _distance(one: str, other: str) -> int:
    """Edits that turn one word into the other; a swap of neighbours is one (Damerau, OSA)."""
    before, row = list[int](), list(range(len(other) + 1))
    for i, a in enumerate(one):
        last, before, row = before, row, [i + 1]
        for j, b in enumerate(other):
            row.append(min(before[j] + (a != b), before[j + 1] + 1, row[j] + 1))
            if i and j and a == other[j - 1] and one[i - 1] == b:
                row[-1] = min(row[-1], last[j - 1] + 1)
    return row[-1]


@cache
def _groups() -> dict[str, list[frozenset[str]]]:
    """By word, the groups of names that say the same."""
    groups: dict[str, list[frozenset[str]]] = {}
    for names in _tables()["same"]:
        for word in {word for name in names for word in name.split()}:
            groups.setdefault(word, []).append(frozenset(names))
    return groups


@cache
def _list(name: str) -> frozenset[str]:
    return frozenset(_tables()[name].split())


@cache
def _tables() -> dict[str, Any]:
    return tomllib.loads(Path(__file__).with_name("names.toml").read_text("utf-8"))
