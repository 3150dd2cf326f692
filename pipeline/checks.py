"""What a careful reader would flag. Flags inform: they never hide text.

Each has a stable name and a meaning of one line.
"""

FLAGS = {
    "split": "longer than the model reads at once: translated in parts and joined",
    "unfinished": "the decoder met its limit before the end: the rest may be missing",
    "empty": "the model gave nothing for this text",
    "untranslated": "passed through as it stands: no letters in the script of the source language",
    "unknown-tokens": "the model does not know much of what is written here",
    "weak-support": "no sentence of the document says most of this",
    "merged": "longer than the summariser reads at once: summarised in parts, then as a whole",
    "nothing-to-summarise": "the document holds no words",
    "tiny-models": "made by the bundled models, which know only the small world of the samples",
    "unverified-model": "a model that did not pass the known sentences, or was not asked to",
}

# With opus-mt-ar-en and the FLORES-200 devtest, no Arabic sentence of 1,012 has a larger share of
# unknown tokens, and 97 % of the Chinese ones do.
UNKNOWN_SHARE = 0.05


def unknown_flags(unknown: int, tokens: int) -> tuple[str, ...]:
    """`unknown-tokens` where too many source tokens are unknown to the model."""
    return ("unknown-tokens",) if unknown > UNKNOWN_SHARE * tokens else ()


def is_foreign_text(text: str, script: str) -> bool:
    """Whether there is anything to translate: letters, in another script's text not all Latin.

    `script` is an ISO 15924 code.
    """
    letters = [char for char in text if char.isalpha()]
    return bool(letters) and (script == "Latn" or not all(map(str.isascii, letters)))
