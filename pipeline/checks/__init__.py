"""What a careful reader would flag in a translation. No model is asked; nothing is random."""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache, cached_property, lru_cache

from models.tokens import UNKNOWN
from pipeline.checks import lengths, negation, repetition, untranslated
from pipeline.checks.lengths import Length
from pipeline.flags import Finding

VERSION = 1
"""Bumped by hand whenever the same pair would be flagged in another way."""

# With opus-mt-ar-en and the FLORES-200 devtest, no Arabic sentence of 1,012 has a larger share of
# unknown tokens, and 97 % of the Chinese ones do.
UNKNOWN_SHARE = 0.05
# A model meets words that it does not know as single letters. With opus-mt-ar-en these are at most
# 0.38 of the tokens of letters in every one of 2,000 Arabic sentences (FLORES, news). With the
# bundled model they are under 0.42 in 99 % of its world's sentences, over 0.6 in 99 % of the news.
SPELLED_SHARE = 0.5
ALPHABETS = frozenset({"Arab", "Armn", "Cyrl", "Geor", "Grek", "Hebr", "Latn"})
WORD_START = "\u2581"  # SentencePiece's mark
# Spreads from the expected length, as in `lengths`. Of the gold pairs of the FLORES-200 devtest,
# 0.5 to 1.3 % of a language are shorter and at most 0.2 % longer. A third of an English sentence
# less makes about half of them shorter than that.
SHORTEST, LONGEST = -2.8, 3.2
JUDGED = 20  # characters: what should be shorter is a name, a word or a cry; it may be an acronym
DETAIL = 60  # characters of a passage that are shown
QUOTED = 30  # characters of English: shorter is a name or a title, which languages mark differently
LAST_WORDS = 5  # that are shown of what breaks off
AROUND = 20  # characters on each side of a gap, of which the nearest words are shown

# Pairs: the decoder asks whether to try again, and for the same pair the record is told later.
_REMEMBERED = 8192

_CLOSERS = " \t\u00a0\"'“”„‟‘’‚»«›‹)]}）】》」』〉*_\u200e\u200f\u061c\u202c\u2069"
_STOPS = tuple(".!?…؟۔。！？．｡‼⁇⁈⁉।॥།։՞።፧")
_TRAILS = ("…", "...", "。。。")  # breaks off by itself
_WORD = re.compile(r"\w")
# What no text has by itself: marks of tokenizers, of the language that a model was asked for, of
# characters that were lost.
_MARKS = re.compile(
    "\u2047|\u2581|\ufffd|</?s>|<(?:unk|pad)>|>>\\w{2,8}<<|@-@|@@ "
    "|&(?:quot|apos|amp|lt|gt|#\\d{1,7});"
)
# `the th century`, `( )`, `at :30`, `10:am`, `cost $ each`: what a number leaves behind. None of
# 4,900 English sentences has them (FLORES-200 devtest, news).
_GAP = re.compile(
    r"(?<=\s)(?:st|nd|rd|th)(?=[\s,.])|\(\s*[,;]?\s*\)|(?<=[\s(]):\d|\d:(?=[a-z])"
    r"|[$£€](?=\s)(?!\s*\d)"
)
_SINGLE = re.compile(r"(?<!\w)['‘‚‹](?=\w)")
_DOUBLE = re.compile('["“”„‟«»「」『』＂]')


@dataclass(frozen=True)
class Pair:
    """A text and its English translation. `lang` is the ISO 639-1 code of the text."""

    source: str
    target: str
    lang: str

    @cached_property
    def script(self) -> str:
        """ISO 15924; Latn for languages that the catalogue does not know."""
        return _script(self.lang)

    @cached_property
    def length(self) -> Length:
        """How long the translation is and should be."""
        return lengths.compare(self.source, self.target, self.lang, self.script)


@lru_cache(maxsize=_REMEMBERED)
def check(source: str, target: str, lang: str) -> tuple[Finding, ...]:
    """All findings over one translation into English, in the order of CHECKS; none twice.

    `lang` is the ISO 639-1 code of the source; of a language that no table knows, nothing is
    guessed. What is empty or copied is that and nothing else.
    """
    pair = Pair(source, target, lang)
    if not source.strip() and not target.strip():
        return ()
    if instead := tuple(_instead(pair)):
        return instead
    return tuple(dict.fromkeys(finding for each in CHECKS for finding in each(pair)))


def _instead(pair: Pair) -> Iterator[Finding]:
    """What stands there instead of a translation."""
    if _WORD.search(pair.source) and not _WORD.search(pair.target):
        yield Finding("empty", shortened(pair.target.strip()))
    elif pair.source.strip() and untranslated.is_copy(pair.source, pair.target):
        yield Finding("copied" if _needs_translation(pair) else "untranslated")


def _needs_translation(pair: Pair) -> bool:
    """Not figures, not what stands in Latin letters within another script, no name, no English."""
    if not is_foreign_text(pair.source, pair.script):
        return False
    if pair.script != "Latn":
        return True
    return not (untranslated.is_name(pair.source) or untranslated.is_surely_english(pair.source))


def _source_left(pair: Pair) -> Iterator[Finding]:
    if passage := untranslated.left(pair.source, pair.target, pair.script):
        yield Finding("source-left", shortened(passage))


def _not_english(pair: Pair) -> Iterator[Finding]:
    if not untranslated.is_english(pair.target):
        yield Finding("not-english")


def _model_marks(pair: Pair) -> Iterator[Finding]:
    found = _MARKS.search(pair.target)
    if found and found[0] not in pair.source:
        yield Finding("model-marks", found[0])


def _loop(pair: Pair) -> Iterator[Finding]:
    if phrase := repetition.loop(pair.source, pair.target):
        yield Finding("loop", shortened(phrase))


def _too_short(pair: Pair) -> Iterator[Finding]:
    size = pair.length
    if size.deviation < SHORTEST and size.expected >= JUDGED:
        yield Finding("too-short", f"{size.actual} characters, some {size.expected} expected")


def _too_long(pair: Pair) -> Iterator[Finding]:
    size = pair.length
    if size.deviation > LONGEST or not pair.source.strip():
        yield Finding("too-long", f"{size.actual} characters, some {size.expected} expected")


def _cut_off(pair: Pair) -> Iterator[Finding]:
    source, target = pair.source.rstrip(_CLOSERS), pair.target.rstrip(_CLOSERS)
    ends = source.endswith(_STOPS) and not source.endswith(_TRAILS)
    if ends and not target.endswith(_STOPS):
        yield Finding("cut-off", "… " + " ".join(target[-DETAIL:].split()[-LAST_WORDS:]))


def _gap(pair: Pair) -> Iterator[Finding]:
    found = _GAP.search(pair.target)
    if found and not _GAP.search(pair.source):
        before = pair.target[: found.start()][-AROUND:].split(" ")[-2:]
        after = pair.target[found.end() :][:AROUND].split(" ")[:2]
        yield Finding("gap", f"{' '.join(before)}{found[0]}{' '.join(after)}")


def _numbers(pair: Pair) -> Iterator[Finding]:
    # Its tables take as long to load as all else here; what is found in the cache needs none.
    from pipeline import numbers

    yield from numbers.compare(pair.source, pair.target, pair.lang)


def _negation(pair: Pair) -> Iterator[Finding]:
    if word := negation.lost(pair.source, pair.target, pair.lang):
        yield Finding("negation", word)


def _quotes(pair: Pair) -> Iterator[Finding]:
    """Marks of all kinds are one: languages and translators differ in which they use."""
    marks = [found.start() for found in _DOUBLE.finditer(pair.source)]
    kept = len(_DOUBLE.findall(pair.target))
    if kept % 2 and len(marks) % 2 == 0:
        yield Finding("quotes", "a quotation mark without its other half")
    elif marks and not kept and not _SINGLE.search(pair.target):
        halves = zip(marks[::2], marks[1::2], strict=False)
        longest = max((pair.source[start + 1 : end] for start, end in halves), key=len, default="")
        if lengths.expected(longest, pair.lang, pair.script) > QUOTED:
            yield Finding("quotes", shortened(longest.strip()))


Check = Callable[[Pair], Iterator[Finding]]
CHECKS: tuple[Check, ...] = (
    _source_left,
    _not_english,
    _model_marks,
    _loop,
    _too_short,
    _too_long,
    _cut_off,
    _gap,
    _numbers,
    _negation,
    _quotes,
)
"""What is asked of every translation that is one."""


def unknown_flags(tokens: Sequence[str], script: str) -> tuple[str, ...]:
    """`unknown-tokens` where too many source tokens are unknown or words are spelled out.

    The latter says nothing where scripts write syllables or words without spaces.
    """
    words = [token for token in tokens if token.strip(WORD_START).isalpha()]
    letters = sum(len(token) == 1 for token in words)
    unknown = sum(token == UNKNOWN for token in tokens) > UNKNOWN_SHARE * len(tokens)
    spelled = script in ALPHABETS and letters > SPELLED_SHARE * len(words)
    return ("unknown-tokens",) if unknown or spelled else ()


def is_foreign_text(text: str, script: str) -> bool:
    """Whether there is anything to translate: letters, in another script's text not all Latin.

    `script` is an ISO 15924 code.
    """
    letters = [char for char in text if char.isalpha()]
    return bool(letters) and (script == "Latn" or not all(map(str.isascii, letters)))


@cache
def _script(lang: str) -> str:
    from models import catalog

    found = catalog.find(lang)
    return found.script if found else "Latn"


def shortened(text: str) -> str:
    """At most DETAIL characters of it."""
    return text if len(text) <= DETAIL else f"{text[: DETAIL - 2]} …"
