"""Words of a text, and what each may be an inflected form of, as far as scripts alone tell.

This is no morphology: it takes off what is written onto a word in the languages that we
translate, so that a term of a glossary is found in its common forms. Where it is in doubt it
takes nothing off: a term that is missed costs less than one that is found in another word.
"""

import re
import sys
import unicodedata
from collections.abc import Iterator
from functools import cache, lru_cache


def _set(text: str) -> frozenset[str]:
    return frozenset(text.split())


# Letters that a writer may take for each other. Alef with hamza, hamza on its seats, ya without
# dots, and the letters of Persian and Urdu that Arabic has another code for.
_LETTERS = str.maketrans("أإآٱؤئىکیېےہھۀۂںۃ", "اااا" + "وييكييي" + "ههههن" + "ة")
# Marks, dagger alef, tatweel, joiners: written or not, the word is the same.
_SILENT = re.compile(
    "[\u0300-\u036f\u0610-\u061a\u0640\u064b-\u065f\u0670\u06d6-\u06ed\u200c-\u200f]"
)
_ARABIC = re.compile("[\u0620-\u064a\u066e-\u06d3\u06d5\u06ee-\u06ff]")
# Prepositions that would be read as another word with dots on the last letter, and that take the
# dots before a pronoun: "on" and the name Ali.
_DOTLESS = re.compile("[وف]?(?:على|إلى|الى|حتى|متى|لدى|سوى|مدى)")
_DOTTED = _set("علي الي لدي")

# Proclitics, and how many letters must follow. The article and what stands before it leave little
# doubt; ف and ك alone are rare, and the first letters of too many words.
_PROCLITICS = (
    *((lead + article, 2) for lead in ("", "و", "ف") for article in ("ال", "بال", "كال", "لل")),
    *((lead + letter, 3) for lead in ("", "و", "ف") for letter in "بل"),
    ("و", 3),
    ("ف", 4),
    ("ك", 4),
)
# Pronouns and the endings of sound plurals, duals and the accusative; Persian and Urdu plurals.
# Without ي: it makes adjectives of names.
_ENDINGS = (
    ("ات", 3), ("ين", 3), ("ون", 4), ("ان", 4), ("ا", 3),
    ("ه", 3), ("ها", 3), ("هم", 3), ("هن", 4), ("هما", 3), ("نا", 4), ("هاي", 3),
)  # fmt: skip

_CYRILLIC = re.compile("[\u0400-\u052f]")
_CASES = _set(
    "а я о е и ы у ю ь й і ї є ой ей ий ый ое ее ая яя ие ые ію ія ів її ої ій ого его ому ему ым"
    " им ом ем ов ев ам ям ах ях ами ями ою ею ью ую юю их ых ією"
)
_HANGUL = re.compile("[\uac00-\ud7a3]")
_PARTICLES = _set(
    "은 는 이 가 을 를 의 에 에서 에게 와 과 도 로 으로 만 까지 부터 들 들이 들은 들을"
)
_LATIN = re.compile("[a-z]")
_PLURALS = _set("s es x")
# German and Turkish endings; behind shorter words they would be the ends of others.
_LONG = 5
_AFFIXES = _set(
    "e n en er ern lar ler ları leri i ı u ü yi yı yu yü a ya ye da de ta te dan den tan ten"
    " in ın un ün nin nın nun nün si sı su sü la le yla yle"
    " lara lere larda lerde ların lerin"
)

UNSPACED = re.compile(
    "[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff"
    "\U00020000-\U0003ffff]"
)
"""A letter of a script that does not part its words: Thai to Khmer, Japanese, Chinese."""


@cache
def _word() -> re.Pattern[str]:
    """Letters, digits and the marks on them, in any script."""
    marks = "".join(
        chr(code) for code in range(0x300, 0x20000) if unicodedata.category(chr(code))[0] == "M"
    )
    return re.compile(f"[^\\W_]+(?:[{re.escape(marks)}\u200c\u200d]+[^\\W_]*)*")


def words(text: str) -> Iterator[tuple[int, int, str]]:
    """Start, end and text of each word."""
    for match in _word().finditer(text):
        yield match.start(), match.end(), match.group()


def fold(word: str) -> str:
    """What is left of a word when case, marks and variants of letters are set aside."""
    if _DOTLESS.fullmatch(word):
        return word
    plain = _SILENT.sub("", unicodedata.normalize("NFKC", word)) if not word.isascii() else word
    return sys.intern(plain.casefold().replace("\u0307", "").translate(_LETTERS))


def bases(word: str) -> frozenset[str]:
    """What a term's word is found by: itself, without the article, or without its case ending."""
    folded = fold(word)
    found = {folded}
    if _ARABIC.search(folded) and folded.startswith("ال") and len(folded) >= 4:
        found.add(folded[2:])
    if _CYRILLIC.search(folded) and len(folded) >= 5 and folded[-1:] in _CASES:
        found.add(folded[:-1])
    return frozenset(map(_final, found))


@lru_cache(maxsize=2**16)
def stems(word: str) -> frozenset[str]:
    """What a word of a text may be a form of: a term's word is there where `bases` has one."""
    folded = fold(word)
    if _ARABIC.search(folded):
        return frozenset(_arabic(folded))
    if _CYRILLIC.search(folded):
        return _without(folded, _CASES, 4, 3) | {folded}
    if _HANGUL.search(folded):
        return _without(folded, _PARTICLES, 2, 2) | {folded}
    if _LATIN.search(folded):
        plurals = _without(folded, _PLURALS, 3, 2)
        return plurals | _without(folded, _AFFIXES, _LONG, 5) | {folded}
    return frozenset({folded})


def _without(word: str, endings: frozenset[str], least: int, longest: int) -> frozenset[str]:
    """The word without each of the `endings`, which have `longest` letters at most."""
    sizes = range(1, min(longest, len(word) - least) + 1)
    return frozenset(word[:-size] for size in sizes if word[-size:] in endings)


def _arabic(word: str) -> Iterator[str]:
    starts = [word]
    for proclitic, least in _PROCLITICS:
        if proclitic and word.startswith(proclitic) and len(word) - len(proclitic) >= least:
            starts.append(word[len(proclitic) :])
    for start in starts:
        yield _final(start)
        for ending, least in _ENDINGS:
            if start.endswith(ending) and len(start) - len(ending) >= least:
                yield from _ended(start[: -len(ending)], ending)


def _ended(stem: str, ending: str) -> Iterator[str]:
    """A stem that an ending was written onto; ta marbuta is then lost or written open."""
    if stem in _DOTTED or (ending == "ا" and stem.endswith("ي")):  # Russia is no Russian
        return
    yield _final(stem)
    if ending == "ات":
        yield f"{stem}ه"
    elif stem.endswith("ت") and len(stem) > 3:
        yield f"{stem[:-1]}ه"


def _final(word: str) -> str:
    """Ta marbuta is often written without its dots, and only at the end."""
    return f"{word[:-1]}ه" if word.endswith("ة") else word
