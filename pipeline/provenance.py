"""Whether a translation is still what a model made, which no file of a translator's tool says.

What we write carries a fingerprint beside each translation by a model. Where the text has another
one when it comes back, a person has changed it, by whatever tool.
"""

import hashlib
import unicodedata

MARK = "model-target-sha256"
"""What the fingerprint is called in files whose values have names."""


def normal(text: str) -> str:
    """Text by which sentences are the same: NFC, on one line, one space between words.

    NUL is left out, which neither XML nor PostgreSQL holds.
    """
    return " ".join(unicodedata.normalize("NFC", text.replace("\0", "")).split())


def fingerprint(target: str) -> str:
    """The sha256 of a translation, whatever a tool did to its white space."""
    return hashlib.sha256(normal(target).encode("utf-8", "surrogatepass")).hexdigest()
