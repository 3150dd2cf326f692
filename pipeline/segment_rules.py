"""What a sentence library does not know, as tables and small predicates.

Three kinds of rules, all local (they look at most `REACH` characters to either side), so that a
line is segmented in linear time whatever it holds:

- *hide*: dots that are part of a word, and quotes and brackets, are hidden from the library;
- *extra*: sentence ends that the library does not propose;
- *vetoes*: proposed ends that are none.

The figures behind each choice come from `tests/benchmarks/segmentation.py`.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache

REACH = 40
OPENERS = "([{<«“„‟‹「『《〈【〔（［｛‘‚‛"
CLOSERS = ")]}>»”›」』》〉】〕）］｝’"
STOPS = ".!?؟۔。！？｡．…‽⁇⁈⁉।॥"
# Commas and semicolons: no sentence begins with one.
CONTINUERS = ",،;؛，；、"
# What may stand between a stop and the first letter of the next sentence.
LEADERS = OPENERS + "-–—•*¿¡'\"\u200e\u200f\u202a\u202b\u2066\u2067\u2068"
# Invisible marks of writing direction; those that end an embedding close, as a quote does.
DIRECTION = "\u200e\u200f\u061c\u202a-\u202e\u2066-\u2069\ufeff"
_DIRECTION_END = "\u202c\u2069"
# Diacritics are no word characters for `re`, and would cut a word in two.
MARKS = "\u0300-\u036f\u0591-\u05c7\u0610-\u061a\u064b-\u065f\u0670\u200c\u200d"

_O, _C, _S = (re.escape(characters) for characters in (OPENERS, CLOSERS, STOPS))

WORD = re.compile(r"\w")

# --- quotes ---------------------------------------------------------------------------------

_QUOTE = re.compile(r"[\"＂“”«»]|''|``")
_NOMINAL = {"“": True, "”": False, "«": True, "»": False}
LETTER_QUOTES = frozenset({"he", "yi"})  # gershayim: צה"ל is one word
_AFTER_QUOTE = CLOSERS + STOPS + CONTINUERS + ":"
_BEFORE_QUOTE = OPENERS + "-–—"


def direct_quotes(line: str, lang: str) -> str:
    """`line` with every double quotation mark turned into “ or ”; same length.

    A mark that touches a word on one side only is plain, whatever its form: “ closes in German,
    » opens in Danish, and both are often turned round in Arabic. Else its form decides; a
    straight mark takes the direction that the mark before it did not have.
    """
    directed = list(line)
    inside = False
    for mark in _QUOTE.finditer(line):
        before = line[mark.start() - 1] if mark.start() else " "
        after = line[mark.end()] if mark.end() < len(line) else " "
        if lang in LETTER_QUOTES and before.isalpha() and after.isalpha():
            continue
        loose_left = before.isspace() or before in _BEFORE_QUOTE
        loose_right = after.isspace() or after in _AFTER_QUOTE
        nominal = _NOMINAL.get(mark.group(), not inside)
        inside = loose_left if loose_left != loose_right else nominal
        for position in range(*mark.span()):
            directed[position] = "“" if inside else "”"
    return "".join(directed)


# --- hide -----------------------------------------------------------------------------------

HIDDEN = "_"  # a letter to the library: what it joins is one word, and no abbreviation

# ASCII only: Chinese runs on behind an address without a space.
_ADDRESS = re.compile(r"(?a:(?:https?://|www\.)[!-~]+|\b\w[\w.+-]{0,63}@\w[!-~]*)")
_INNER_DOT = re.compile(
    r"(?<=\d)[.．](?=\d)"  # 3.5 ٣.٥
    r"|(?<=[A-Za-z0-9])\.(?=[a-z0-9/])|(?<=[A-Z])\.(?=[A-Z])"  # example.com, JJ.OO
    r"|(?<=\w)\.(?=(?:نت|كوم|أورغ)\b)"  # العربية.نت
    rf"|(?<![\w{MARKS}״׳][^\W\d_])(?<=[^\W\d_])\.(?=[^\W_])"  # ق.م, U.S.A, أ.د, د.هومار
)
# Arabic spells the letters of foreign names: سي. بي. إس. is CBS, جيه.بي.مورغان is J.P. Morgan.
# The last dot of such a name ends the sentence only before و, with which news goes on.
_LETTERS = (
    "[إاأ]يه|بي|سي|دي|[إا]ي|[إاأ]ف|جي|[إا]تش|آي|جيه|كيه|كي|[إا]ل|[إاأ]م|[إا]ن|[أا]و|كيو|[آا]ر"
    "|[إا]س|تي|يو|في|دبليو|[إا]كس|واي|زد"
)
_SPELLED_NAME = re.compile(
    rf"\b(?:{_LETTERS})(?:\.\s?(?:{_LETTERS})\b)+(?:\.(?=\s[^\Wو]|\w))?|\b(?:{_LETTERS})\.(?=\w)"
)
_BRACKETS = str.maketrans(dict.fromkeys(OPENERS + CLOSERS + '"＂`', " ") | {"’": "’", "‘": "‘"})
# An apostrophe inside a word stays.
_SINGLE_QUOTE = re.compile(r"(?<!\w)['‘’]|['’](?!\w)")


def _hide_address(address: re.Match[str]) -> str:
    body = address.group().rstrip(STOPS + CLOSERS + ",;:'\"")
    return re.sub(rf"[{_S}]", HIDDEN, body) + address.group()[len(body) :]


def hide(line: str) -> str:
    """The line as the library sees it; same length.

    Quotes and brackets are blanked, for the library never ends a sentence between them, and
    so are the dots inside numbers, addresses and abbreviations.
    """
    shadow = _ADDRESS.sub(_hide_address, line)
    shadow = _SPELLED_NAME.sub(lambda name: name.group().replace(".", HIDDEN), shadow)
    shadow = _INNER_DOT.sub(HIDDEN, shadow)
    return _SINGLE_QUOTE.sub(" ", shadow.translate(_BRACKETS))


# --- extra ----------------------------------------------------------------------------------

# Abbreviations that close a list or follow a number, and common words that are spelled like
# one; the library ends no sentence behind them. Case decides (see `_continues`).
FINAL_ABBREVIATIONS = {
    "de": ("etc", "usw"),
    "en": ("etc",),
    "es": ("bien", "etc", "no"),
    "fr": ("etc",),
    "it": ("ecc", "fa", "re"),
    "pt": ("etc",),
    "ru": ("т. д", "т. п", "т.д", "т.п", "др", "руб"),
    "tr": ("vb", "vs"),
    "uk": ("т. д", "т. п", "т.д", "т.п", "ін", "грн", "год"),
}
# A full-width stop ends wherever it stands, … before a space, and | is often typed for the
# danda. The library takes no digit for a beginning (behind a long word it is one), and a unit
# for an abbreviation (behind a number it may end the sentence; case decides again).
_UNITS = "cm|km|kg|m|mm|min|mg|см|мм|км|кг|м|мин|млн|млрд|тис|тыс|хв"
_FULL_STOP = (
    r"[。！？｡]+|…(?=\s)|(?<=[\u0900-\u097f])\s?\|+(?=\s)"
    rf"|(?<=[^\W\d_]{{5}})[.!?]+(?=[{_C}]*\s+\d)|(?<=\d)\s?(?:{_UNITS})\.(?=[{_C}]*\s)"
)


@cache
def _extra(lang: str) -> re.Pattern[str]:
    words = "|".join(re.escape(word) for word in FINAL_ABBREVIATIONS.get(lang, ()))
    return re.compile(rf"{_FULL_STOP}|\b(?:{words})\.(?=[{_C}]*\s)" if words else _FULL_STOP)


def extra_ends(line: str, lang: str) -> Iterator[int]:
    """Offsets just behind stops that the library may pass over."""
    return (stop.end() for stop in _extra(lang).finditer(line))


# --- what belongs to the sentence before ------------------------------------------------------

_EMOJI = "\u2600-\u27bf\U0001f300-\U0001faff"


@cache  # compiled on first use: it takes as long as importing everything else here
def _trailer() -> re.Pattern[str]:
    return re.compile(
        rf"(?:\s*[{_C}{_DIRECTION_END}]|[{DIRECTION}]"  # what closes, even after a space
        rf"|[{_S}]|\s+[{_S}]+(?=\s|$)"  # further stops; but ‘...and’ opens what follows
        r"|\s?'+(?=\s|$)"
        r"|\s?\[\d{1,3}(?:\s?[-–,]\s?\d{1,3})*\]"  # [3], [3, 4]: notes
        rf"|\s*(?:[:;=]-?[()DPp]+|[{_EMOJI}][{_EMOJI}\ufe0f\u200d]*)(?!\w))*"
    )


def trailer_end(line: str, end: int) -> int:
    """Where the sentence that stops at `end` really ends: behind quotes, brackets, notes."""
    match = _trailer().match(line, end)
    return match.end() if match else end


# --- vetoes ---------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Stop:
    """A proposed end: `line[opening:end]` would be the sentence, `line[start:stop]` its stops."""

    line: str
    lang: str
    opening: int
    start: int
    stop: int
    end: int

    @property
    def sign(self) -> str:
        """All stops up to the end of the sentence."""
        return "".join(sign for sign in self.line[self.start : self.end] if sign in STOPS)

    @property
    def closed(self) -> bool:
        """Whether a closing quote or bracket follows the stop."""
        return self.end > self.stop and self.line[self.end - 1] in CLOSERS + "'"

    @property
    def word(self) -> str:
        """The word that the stop touches, with its inner dots; empty if there is none."""
        before = self.line[max(self.opening, self.start - REACH) : self.start].rstrip()
        if not before or before[-1] in CLOSERS:
            return ""
        return re.split(rf"[\s{_O}{_C}]", before)[-1]

    @property
    def rest(self) -> str:
        """What follows, with its leading white space."""
        return self.line[self.end : self.end + REACH]

    @property
    def first(self) -> str:
        """The first character of the next sentence behind quotes, dashes and bullets."""
        return self.rest.lstrip().lstrip(LEADERS + " ")[:1]


Veto = Callable[[Stop], bool]

_DOTS = re.compile(r"[._-]")
_MARKER = re.compile(r"\W*(?:\d{1,3}|[IVXivx]{1,5}|\w)")
# Where the library knows the abbreviations well, and gold sets begin sentences in lower case.
LOWER_CASE_STARTS = frozenset({"en", "fr"})
QUOTATIVES = {"ja": ("と", "って"), "ko": ("고 ", "라고", "라는", "라며", "며 ", "는 ")}
# What the library lacks.
ABBREVIATIONS = {"pt": frozenset({"av", "pça", "rod", "trav"})}
INTRODUCING = frozenset({"e.g", "i.e", "p.ex", "z.b", "d.h", "т.е", "т.ч"})
ERAS = frozenset({"A.D", "B.C", "B.C.E", "C.E", "J.-C", "a.C", "d.C"})
ORDINAL_DOTS = frozenset({"cs", "da", "de", "et", "fi", "hr", "hu", "nb", "sk", "sl", "sr", "tr"})
# Words that announce a number, in any language.
BEFORE_NUMBER = frozenset(
    {"art", "fig", "nº", "núm", "nr", "p", "pág", "pp", "tel", "vol", "рис", "ст", "стр", "табл"}
)


def _continues(stop: Stop) -> bool:
    """Lower case behind a quote, an ordinal, a missing space, an ellipsis or a short word."""
    if not stop.first.islower():
        return False
    word = stop.word
    tight = not stop.rest[:1].isspace()
    if stop.closed or tight or word.isdigit() or stop.sign.endswith("…"):
        return True
    if stop.lang in LOWER_CASE_STARTS:
        return word in FINAL_ABBREVIATIONS[stop.lang]
    return stop.sign == "." and 0 < len(_DOTS.split(word)[-1]) <= 4


def _speech_tag(stop: Stop) -> bool:
    """‘What?’ — she asked."""
    dashed = stop.rest.lstrip()[:1] in tuple("-–—")
    return dashed and stop.sign != "." and stop.first.islower()


def _quotative(stop: Stop) -> bool:
    """「行く。」と言った: the particle behind the quote ties it to its verb."""
    return stop.closed and stop.rest.startswith(QUOTATIVES.get(stop.lang, ("\n",)))


def _comma_follows(stop: Stop) -> bool:
    return stop.rest.lstrip()[:1] in tuple(CONTINUERS)


def _aside(stop: Stop) -> bool:
    """(twenty-four !) pages: no sentence of its own, in scripts where case does not tell."""
    return (
        stop.sign[-1:] in tuple("!?؟")
        and stop.line[stop.stop : stop.end].strip()[:1] in tuple(")]")
        and stop.line[stop.opening : stop.opening + REACH].lstrip()[:1] not in tuple("([")
        and not stop.first.isupper()
    )


def _omission(stop: Stop) -> bool:
    """(...) leaves words out of a sentence, unless a capital follows."""
    before = stop.line[max(stop.opening, stop.start - 2) : stop.start].rstrip()
    return before[-1:] in tuple("([") and stop.closed and not stop.first.isupper()


def _initial(stop: Stop) -> bool:
    """A single letter, or several: J. Smith, J.-P. Bruneau, أ.د. أحمد; but not the English I."""
    if stop.sign != ".":
        return False
    letters = [part for part in _DOTS.split(stop.word) if part]
    if not letters or stop.word in ERAS or stop.word == "I":
        return False
    single = all(len(part) == 1 and part.isalpha() for part in letters)
    return single and not letters[-1].islower()


def _abbreviation(stop: Stop) -> bool:
    if stop.sign != ".":
        return False
    word = stop.word.lower()
    known = word in INTRODUCING or word in ABBREVIATIONS.get(stop.lang, ())
    return known or (word in BEFORE_NUMBER and stop.first.isdigit())


def _ordinal(stop: Stop) -> bool:
    """15. Jahrhundert, II. Elizabeth."""
    if stop.sign != "." or stop.lang not in ORDINAL_DOTS:
        return False
    return re.fullmatch(r"\d{1,2}|[IVX]+", stop.word) is not None


def _list_marker(stop: Stop) -> bool:
    """‘1.’ or ‘IV.’ that opens a line. Inside a line the gold sets disagree."""
    short = stop.opening == 0 and stop.start <= 8 and stop.sign == "."
    return short and _MARKER.fullmatch(stop.line, 0, stop.start) is not None


VETOES: tuple[Veto, ...] = (
    _comma_follows,
    _continues,
    _speech_tag,
    _quotative,
    _aside,
    _omission,
    _initial,
    _abbreviation,
    _ordinal,
    _list_marker,
)
