"""What a careful reader would flag in a translation."""

from collections.abc import Sequence

from models.tokens import UNKNOWN

# With opus-mt-ar-en and the FLORES-200 devtest, no Arabic sentence of 1,012 has a larger share of
# unknown tokens, and 97 % of the Chinese ones do.
UNKNOWN_SHARE = 0.05
# A model meets words that it does not know as single letters. With opus-mt-ar-en these are at most
# 0.38 of the tokens of letters in every one of 2,000 Arabic sentences (FLORES, news). With the
# bundled model they are under 0.42 in 99 % of its world's sentences, over 0.6 in 99 % of the news.
SPELLED_SHARE = 0.5
ALPHABETS = frozenset({"Arab", "Armn", "Cyrl", "Geor", "Grek", "Hebr", "Latn"})
WORD_START = "\u2581"  # SentencePiece's mark


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
