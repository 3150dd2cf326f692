"""What of a source is left in its translation."""

import re
from collections.abc import Iterator
from functools import cache
from itertools import pairwise

# ISO 15924 script → its letters. Latin is not here: English has it.
_RANGES = {
    "Arab": "\u0620-\u064a\u066e-\u06d3\u06fa-\u06ff\u0750-\u077f\ufb50-\ufdff\ufe70-\ufefc",
    "Armn": "\u0531-\u0587",
    "Beng": "\u0985-\u09b9\u09dc-\u09e1",
    "Cyrl": "\u0400-\u052f",
    "Deva": "\u0904-\u0939\u0958-\u0961\u0971-\u097f",
    "Ethi": "\u1200-\u135a",
    "Geor": "\u10a0-\u10ff",
    "Grek": "\u0386-\u03ff\u1f00-\u1fff",
    "Guru": "\u0a05-\u0a39\u0a59-\u0a5e",
    "Hans": "\u3400-\u9fff\uf900-\ufaff",
    "Hebr": "\u05d0-\u05ea",
    "Jpan": "\u3041-\u30fa\u3400-\u9fff\uf900-\ufaff\uff66-\uff9d",
    "Knda": "\u0c85-\u0cb9\u0cde-\u0ce1",
    "Kore": "\u1100-\u11ff\u3131-\u318e\u3400-\u9fff\uac00-\ud7a3",
    "Mlym": "\u0d05-\u0d39\u0d60-\u0d61",
    "Taml": "\u0b85-\u0bb9",
    "Telu": "\u0c05-\u0c39\u0c60-\u0c61",
    "Thai": "\u0e01-\u0e30\u0e40-\u0e46",
}

# Where so many words hold none of these, they are no English: of the English of the FLORES-200
# devtest that is so in 1 of 965 sentences of that length, of its French, German, Italian,
# Portuguese, Spanish and Turkish in 92 to 99 %.
ENOUGH_WORDS = 12
# Where they are so large a share of its words, and two at least, a text is English: that holds for
# 95 % of the English sentences there, and for 1 in 6,072 of the others.
ENGLISH_SHARE = 0.15
_EVERYDAY = (
    "about after against also and are at be because been before being between but by could"
    " during first for from had has have he her him his how into is it its later many me must"
    " my near new not now of on only other our out over people said same says she should since"
    " some still such than that the their them there these they this those three through to"
    " two under up was we went were what when where which while who will with would year years"
    " you your"
)

# A passage in the order of the source is left over where it has so many words in small letters, one
# with a letter that English lacks counting twice; fewer where it has so many words in all. Gold
# translations of six languages in Latin script have none (FLORES-200 devtest, 6,072 pairs).
LEFT = 4
LEFT_OF_MORE, MORE = 3, 4
PARTICLE = 3  # letters: of, de, von, der

_WORD = re.compile(r"[^\W_]+")


def left(source: str, target: str, script: str) -> str:
    """The longest passage of the source that stands in its translation; empty where there is none.

    Any letter of the source's script counts. Where English shares the script, words do that stand
    side by side in the source too: names and titles, which stay, have capitals.
    """
    if letters := _letters(script):
        return max(letters.findall(target), key=len, default="")
    return max(filter(_is_left, _shared(source, target)), key=len, default="")


def is_english(text: str) -> bool:
    """Whether a text may be English; few words always may."""
    return bool(_everyday().search(text)) or len(_WORD.findall(text)) < ENOUGH_WORDS


def is_surely_english(text: str) -> bool:
    """Whether a text must be English, as what a document quotes in it is."""
    everyday = len(_everyday().findall(text))
    return everyday > 1 and everyday >= ENGLISH_SHARE * len(_WORD.findall(text))


def is_copy(source: str, target: str) -> bool:
    """Whether the same words stand on both sides."""
    return _folded(source) == _folded(target)


def is_name(text: str) -> bool:
    """Whether it may be a name or a title, which English takes over: few words in small letters."""
    words = _WORD.findall(text)
    plain = [word for word in words if word.islower()]
    return len(words) < 2 or (len(plain) < 2 and all(len(word) <= PARTICLE for word in plain))


def _is_left(passage: str) -> bool:
    words = [word for word in _WORD.findall(passage) if word.isalpha() and len(word) > 1]
    weight = sum(1 if word.isascii() else 2 for word in words if word.islower())
    is_passage = weight >= LEFT or (weight >= LEFT_OF_MORE and len(words) >= MORE)
    return is_passage and not is_surely_english(passage)


def _shared(source: str, target: str) -> Iterator[str]:
    """Passages of `target` of which every two words stand side by side in `source`."""
    words = _folded(source)
    pairs = set(pairwise(words))
    start = end = 0
    before = ""
    for found in _WORD.finditer(target):
        word = found[0].lower()
        if (before, word) not in pairs:
            yield target[start:end]
            start = found.start()
        end, before = found.end(), word
    yield target[start:end]


def _folded(text: str) -> list[str]:
    return _WORD.findall(text.lower())


@cache
def _letters(script: str) -> re.Pattern[str] | None:
    """Finds passages in the letters of a script."""
    letters = _RANGES.get(script)
    return re.compile(f"[{letters}](?:[{letters}\\s]*[{letters}])?") if letters else None


@cache
def _everyday() -> re.Pattern[str]:
    return re.compile(rf"\b(?:{_EVERYDAY.replace(' ', '|')})\b", re.IGNORECASE)
