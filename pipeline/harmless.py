"""Words of others in places of ours: a name of a file may hold anything but a slash."""

import re

# Controls (Unicode category Cc), line and paragraph separators, what embeds, overrides or isolates
# a direction (UAX #9, 2.1 to 2.5), the byte order mark, and halves of surrogate pairs. The marks
# U+200E, U+200F and U+061C stay: they stand in good Arabic and Hebrew and change no letter's order.
_UNSEEN = re.compile(
    "[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069\ufeff\ud800-\udfff]"
)
_HALF = re.compile("[\ud800-\udfff]")


def visible(text: str) -> str:
    r"""The text with what ends a line, commands a terminal or turns text around as `\u202e`."""
    return _UNSEEN.sub(lambda found: ascii(found[0])[1:-1], text)


def whole(text: str) -> str:
    """The text with U+FFFD for each half of a surrogate pair, which UTF-8 cannot hold."""
    return _HALF.sub("\ufffd", text)
