"""Good translations broken in one known way, as a careless translator or a decoder breaks them.

Every break takes a pair (source, target) and a random generator, and gives the broken target; None
where it does not apply, as a number that is dropped where there is none.
"""

import re
from collections.abc import Callable
from functools import partial
from importlib import import_module
from importlib.util import find_spec
from random import Random

Break = Callable[[str, str, Random], str | None]

_STOP = re.compile(r"[.!?…]+[\"'”’»)\]]*\s*$")
_DENIALS = re.compile(r"n['’]t\b|\b(?:not|no|never|none|nor|neither|without|nothing)\b", re.I)
_UNSPACED = 0.06  # of the characters of a text with spaces between its words are at least spaces
_NUMBERS = "tests.benchmarks.broken_numbers"


def phrase_repeated(_: str, target: str, rng: Random) -> str | None:
    """One to six words stand there five times."""
    words = target.split()
    size = rng.randint(1, min(6, len(words)))
    at = rng.randrange(len(words) - size + 1)
    return " ".join([*words[:at], *words[at : at + size] * 5, *words[at + size :]])


def source_as_it_is(source: str, _: str, __: Random) -> str:
    return source


def empty(_: str, __: str, ___: Random) -> str:
    return ""


def two_thirds_of_words_dropped(_: str, target: str, __: Random) -> str | None:
    words = target.split()
    return " ".join(words[: len(words) // 3]) if len(words) > 2 else None


def two_thirds_of_signs_dropped(_: str, target: str, __: Random) -> str:
    return target[: len(target) // 3]


def two_thirds_dropped_but_the_stop(_: str, target: str, __: Random) -> str | None:
    return _with_stop(target, 1 / 3)


def third_dropped(_: str, target: str, __: Random) -> str | None:
    words = target.split()
    return " ".join(words[: round(len(words) * 2 / 3)]) if len(words) > 2 else None


def third_dropped_but_the_stop(_: str, target: str, __: Random) -> str | None:
    return _with_stop(target, 2 / 3)


def denial_dropped(_: str, target: str, __: Random) -> str | None:
    """Every not, no, never and without is left out."""
    return _DENIALS.sub("", target) if _DENIALS.search(target) else None


def source_half_first(source: str, target: str, _: Random) -> str:
    """The first half of the source, then the second half of the translation."""
    return f"{_first_half(source)} {_second_half(target)}"


def source_half_last(source: str, target: str, _: Random) -> str:
    """The first half of the translation, then the second half of the source."""
    return f"{_first_half(target)} {_second_half(source)}"


def source_half_appended(source: str, target: str, _: Random) -> str:
    """The whole translation, then the second half of the source."""
    return f"{target} {_second_half(source)}"


def source_half_within(source: str, target: str, _: Random) -> str:
    """The middle half of the source in the middle of the translation."""
    quarter, cut = len(source) // 4, len(_first_half(target))
    return f"{target[:cut]} {source[quarter:-quarter]} {target[cut:]}"


def _with_stop(target: str, share: float) -> str | None:
    words, stop = target.split(), _STOP.search(target)
    if len(words) < 3 or stop is None:
        return None
    return " ".join(words[: max(1, round(len(words) * share))]).rstrip(",;:") + stop[0].strip()


def _first_half(text: str) -> str:
    return text[: _middle(text)].strip()


def _second_half(text: str) -> str:
    return text[_middle(text) :].strip()


def _middle(text: str) -> int:
    """The space next after the middle; the middle where words have no spaces between them."""
    if text.count(" ") < _UNSPACED * len(text):
        return len(text) // 2
    return max(text.find(" ", len(text) // 2), len(text) // 2)


def number_breaks() -> dict[str, Break]:
    """Those of the numbers of the translation."""
    module = import_module(_NUMBERS) if find_spec(_NUMBERS) else None
    return {
        name: partial(_changed, getattr(module, function))
        for name, function in (
            ("one digit changed", "digit_changed"),
            ("a number dropped", "number_dropped"),
            ("a decimal point moved", "decimal_moved"),
            ("two numbers swapped", "numbers_swapped"),
        )
        if hasattr(module, function)
    }


def _changed(
    change: Callable[[str, Random], str | None], _: str, target: str, rng: Random
) -> str | None:
    return change(target, rng)


BREAKS: dict[str, Break] = {
    "a phrase repeated five times": phrase_repeated,
    "the source as it is": source_as_it_is,
    "empty": empty,
    "last 2/3 of words dropped": two_thirds_of_words_dropped,
    "last 2/3 of signs dropped": two_thirds_of_signs_dropped,
    "last 2/3 dropped, stop kept": two_thirds_dropped_but_the_stop,
    "half source, half English": source_half_first,
    "half English, half source": source_half_last,
    "English, then half source": source_half_appended,
    "half source amid English": source_half_within,
    "every denial dropped": denial_dropped,
    "last third dropped": third_dropped,
    "last third dropped, stop kept": third_dropped_but_the_stop,
}
