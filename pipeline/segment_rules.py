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

REACH = 40
OPENERS = "([{<«“„‟‹「『《〈【〔（［｛‘‚‛"
CLOSERS = ")]}>»”›」』》〉】〕）］｝’"
STOPS = ".!?؟۔。！？｡．…‽⁇⁈⁉।॥"
# Commas and semicolons: no sentence begins with one.
CONTINUERS = ",،;؛，；、"
# What may stand between a stop and the first letter of the next sentence.
LEADERS = OPENERS + "-–—•*¿¡'\""
# Diacritics are no word characters for `re`, and would cut a word in two.
MARKS = "\u0300-\u036f\u0591-\u05c7\u0610-\u061a\u064b-\u065f\u0670\u200c\u200d"

_O, _C, _S = (re.escape(characters) for characters in (OPENERS, CLOSERS, STOPS))

WORD = re.compile(r"\w")

# --- quotes ---------------------------------------------------------------------------------

# “ opens in English and closes in German, Russian or Czech; a straight quote does both.
_QUOTE = re.compile(r"[\"＂“]|''|``")
_QUOTE_INWARD = re.compile(r"[\"＂“«»]|''|``")
INWARD_GUILLEMETS = frozenset({"cs", "da", "de", "hr", "hu", "sk", "sl", "sr"})  # »so«
LETTER_QUOTES = frozenset({"he", "yi"})  # gershayim: צה"ל is one word
_AFTER_QUOTE = CLOSERS + STOPS + CONTINUERS + ":"
_BEFORE_QUOTE = OPENERS + "-–—"


def direct_quotes(line: str, lang: str) -> str:
    """`line` with every ambiguous quotation mark turned into “ or ”; same length.

    A mark that touches a word on one side only is plain. Any other takes the direction
    that the mark before it did not have.
    """
    directed = list(line)
    inside = False
    pattern = _QUOTE_INWARD if lang in INWARD_GUILLEMETS else _QUOTE
    for mark in pattern.finditer(line):
        before = line[mark.start() - 1] if mark.start() else " "
        after = line[mark.end()] if mark.end() < len(line) else " "
        if lang in LETTER_QUOTES and before.isalpha() and after.isalpha():
            continue
        loose_left = before.isspace() or before in _BEFORE_QUOTE
        loose_right = after.isspace() or after in _AFTER_QUOTE
        inside = loose_left if loose_left != loose_right else not inside
        for position in range(*mark.span()):
            directed[position] = "“" if inside else "”"
    return "".join(directed)


# --- hide -----------------------------------------------------------------------------------

HIDDEN = "_"  # a letter to the library: what it joins is one word, and no abbreviation

_ADDRESS = re.compile(r"(?:https?://|www\.)\S+|\b\w[\w.+-]{0,63}@[\w-]\S*")
_ADDRESS_TAIL = re.compile(rf"[{_S}{_C}{CONTINUERS}:'\"]*\Z")
_INNER_DOT = re.compile(
    r"(?<=\d)[.．](?=\d)"  # 3.5 ٣.٥
    r"|(?<=[A-Za-z0-9])\.(?=[a-z0-9/])|(?<=[A-Z])\.(?=[A-Z])"  # example.com, JJ.OO
    rf"|(?<![\w{MARKS}״׳][^\W\d_])(?<=[^\W\d_])\.(?=[^\W_])"  # ق.م, U.S.A, أ.د, د.هومار
)
_BRACKETS = str.maketrans(dict.fromkeys(OPENERS + CLOSERS + '"＂`', " ") | {"’": "’", "‘": "‘"})
# An apostrophe inside a word stays.
_SINGLE_QUOTE = re.compile(r"(?<!\w)['‘’]|['’](?!\w)")


def _hide_address(address: re.Match[str]) -> str:
    whole = address.group()
    body = len(whole) - len(_ADDRESS_TAIL.search(whole, max(0, len(whole) - REACH)).group())  # type: ignore[union-attr]
    return re.sub(rf"[{_S}]", HIDDEN, whole[:body]) + whole[body:]


def hide(line: str) -> str:
    """The line as the library sees it; same length.

    Quotes and brackets are blanked, for the library never ends a sentence between them, and
    so are the dots inside numbers, addresses and abbreviations.
    """
    shadow = _ADDRESS.sub(_hide_address, line)
    shadow = _INNER_DOT.sub(HIDDEN, shadow)
    return _SINGLE_QUOTE.sub(" ", shadow.translate(_BRACKETS))


# --- extra ----------------------------------------------------------------------------------

# Abbreviations that close a list or follow a number, so they often end the sentence; the
# library takes every abbreviation for an inner one. Case decides (see `_continues`).
FINAL_ABBREVIATIONS = {
    "de": ("etc", "usw"),
    "en": ("etc",),
    "es": ("etc",),
    "fr": ("etc",),
    "it": ("ecc",),
    "pt": ("etc",),
    "ru": ("т. д", "т. п", "т.д", "т.п", "др", "руб"),
    "tr": ("vb", "vs"),
    "uk": ("т. д", "т. п", "т.д", "т.п", "ін", "грн", "год"),
}
# A full-width stop ends wherever it stands, … ends before a space.
_FULL_STOP = r"[。！？｡]+|…(?=\s)"
_EXTRA = {
    lang: re.compile(rf"{_FULL_STOP}|\b(?:{'|'.join(map(re.escape, words))})\.(?=[{_C}]*\s)")
    for lang, words in FINAL_ABBREVIATIONS.items()
}
_EXTRA_ANY = re.compile(_FULL_STOP)


def extra_ends(line: str, lang: str) -> Iterator[int]:
    """Offsets just behind stops that the library may pass over."""
    return (stop.end() for stop in _EXTRA.get(lang, _EXTRA_ANY).finditer(line))


# --- what belongs to the sentence before ------------------------------------------------------

_EMOJI = "\u2600-\u27bf\U0001f300-\U0001faff"
_TRAILER = re.compile(
    rf"(?:\s*[{_C}]"  # closing quotes and brackets, even after a space
    rf"|[{_S}]|\s+[{_S}]+(?=\s|$)"  # further stops; but ‘…and’ opens what follows
    r"|'+(?=\s|$)"
    r"|\s?\[\d{1,3}(?:\s?[-–,]\s?\d{1,3})*\]"  # [3], [3, 4]: notes
    rf"|\s*(?:[:;=]-?[()DPp]+|[{_EMOJI}][{_EMOJI}\ufe0f\u200d]*)(?!\w))*"
)


def trailer_end(line: str, end: int) -> int:
    """Where the sentence that stops at `end` really ends: behind quotes, brackets, notes."""
    match = _TRAILER.match(line, end)
    return match.end() if match else end


# --- vetoes ---------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Stop:
    """A proposed end: `line[opening:end]` would be the sentence, `line[start:stop]` its stop."""

    line: str
    lang: str
    opening: int
    start: int
    stop: int
    end: int

    @property
    def sign(self) -> str:
        return self.line[self.start : self.stop]

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
_ROMAN = re.compile(r"[IVXLC]+")
_MARKER = re.compile(r"\W*(?:\d{1,3}|[IVXivx]{1,5}|\w)")
_MARK = re.compile(f"[{MARKS}]")
# Forum English begins sentences in lower case, and the library knows its abbreviations well.
LOWER_CASE_STARTS = frozenset({"en"})
ABBREVIATIONS = {
    "fr": frozenset({"M", "MM", "Mgr", "Mlle", "Mme", "St", "Ste"}),
    "pt": frozenset({"Av", "Jr", "Sp"}),
}
# Words that announce a number, in any language.
BEFORE_NUMBER = frozenset(
    {"art", "fig", "nº", "núm", "nr", "p", "pág", "pp", "tel", "vol", "рис", "ст", "стр", "табл"}
)


def _continues(stop: Stop) -> bool:
    """Lower case behind a quote, an ordinal, a missing space, an ellipsis or a short word."""
    if not stop.first.islower():
        return False
    word = stop.word
    if stop.closed or word.isdigit() or _ROMAN.fullmatch(word):
        return True
    if not stop.rest[:1].isspace() or stop.sign.endswith("…"):
        return True
    short = 0 < len(_DOTS.split(word)[-1]) <= 3
    return stop.sign == "." and short and stop.lang not in LOWER_CASE_STARTS


def _speech_tag(stop: Stop) -> bool:
    """‘What?’ — she asked."""
    dashed = stop.rest.lstrip()[:1] in tuple("-–—")
    return dashed and stop.sign != "." and stop.first.islower()


def _comma_follows(stop: Stop) -> bool:
    return stop.rest.lstrip()[:1] in tuple(CONTINUERS)


def _aside(stop: Stop) -> bool:
    """(twenty-four !) pages: no sentence of its own, in scripts where case does not tell."""
    return (
        stop.sign[-1:] in tuple("!?؟")
        and stop.line[stop.stop : stop.end].strip()[:1] in tuple(")]")
        and stop.line[stop.opening] not in OPENERS
        and not stop.first.isupper()
    )


def _initial(stop: Stop) -> bool:
    """A single letter: J. Smith, د. أحمد; but not the English I."""
    if stop.sign != ".":
        return False
    last = _MARK.sub("", _DOTS.split(stop.word)[-1])
    return len(last) == 1 and last.isalpha() and not last.islower() and last != "I"


def _abbreviation(stop: Stop) -> bool:
    if stop.sign != ".":
        return False
    word = stop.word
    before_number = stop.first.isdigit() and word.lower() in BEFORE_NUMBER
    return before_number or word in ABBREVIATIONS.get(stop.lang, ())


def _list_marker(stop: Stop) -> bool:
    """‘1.’ or ‘IV.’ that opens a line. Inside a line the gold sets disagree."""
    short = stop.opening == 0 and stop.start <= 8 and stop.sign == "."
    return short and _MARKER.fullmatch(stop.line, 0, stop.start) is not None


VETOES: tuple[Veto, ...] = (
    _comma_follows,
    _continues,
    _speech_tag,
    _aside,
    _initial,
    _abbreviation,
    _list_marker,
)
