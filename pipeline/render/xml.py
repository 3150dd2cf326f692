"""Text in files of XML 1.0: what such a file can hold, and what reads back as it was."""

import re
from html import escape

# All that production [2] of XML 1.0 does not name: no reference can stand for it either.
_NOT_IN_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_REFERENCES = {ord(char): f"&#{ord(char)};" for char in "\t\n\r"}
_RETURN = {ord("\r"): "&#13;"}  # a parser turns a bare one into a line feed
# The grammar of BCP 47 without its registry; `und` is its code for a language not known.
_TAG = re.compile("[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8})*")


def possible(text: str) -> str:
    """The text with U+FFFD for each character that XML cannot hold: controls, lone surrogates."""
    return _NOT_IN_XML.sub("\ufffd", text)


def words(text: str) -> str:
    """The content of an element, which reads back as `possible(text)`."""
    return escape(possible(text), quote=False).translate(_RETURN)


def attributes(**values: str | None) -> str:
    """` name="value"` for each value that is there; `xml__lang` is the name xml:lang."""
    return "".join(
        f' {name.replace("__", ":")}="{escape(possible(value)).translate(_REFERENCES)}"'
        for name, value in values.items()
        if value is not None
    )


def tag_of(lang: str) -> str:
    """A code of a language as XML wants it, a tag of BCP 47: `und` where it is none."""
    tag = lang.strip().replace("_", "-")
    return tag if _TAG.fullmatch(tag) else "und"
