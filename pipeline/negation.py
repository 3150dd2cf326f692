"""Whether a text denies something: words of the source's language against English ones."""

import re
import tomllib
from functools import cache
from pathlib import Path
from typing import Any

# What English says where another language denies: also by a prefix (unable), by a suffix
# (homeless), and by verbs and prepositions (fails to, except).
_ENGLISH = re.compile(
    r"n['’]t\b|\b(?:not|no|non|never|none|sans|nothing|nobody|nowhere|neither|nor|without|cannot|cant"
    r"|hardly|barely|rarely|seldom|scarcely|few|little|only|just|but|other|except|unless|until"
    r"|before|instead|rather|too|yet|impossible|illegal|invalid|irre\w+|in(?:ab|ad|ca|co|de|ef|el|ev|ex"
    r"|si|su|vi|vo)\w+|im(?:ma|mo|pa|per|pl|po|pr)\w+|un(?!der|i|til|cle)\w{2,}|dis\w{3,}|non\w+"
    r"|\w+less(?:ly|ness)?|lack\w*|fail\w*|refus\w+|den(?:y|ie[ds]|ying|ial)|reject\w*|absen\w+"
    r"|prevent\w*|avoid\w*|stop\w*|ban\w*|free|minus|away|out|miss(?:ed|es|ing)?|short)\b",
    re.IGNORECASE,
)


def lost(source: str, target: str, lang: str) -> str:
    """The word by which `source` denies where `target` has none that does; empty otherwise.

    Languages of which no such words are known deny nothing.
    """
    words = _words(lang)
    found = words and next((f for f in words.finditer(source) if f.lastgroup != "idiom"), None)
    return found[0] if found and not _ENGLISH.search(target) else ""


@cache
def _words(lang: str) -> re.Pattern[str] | None:
    """Finds what denies in the language, and as the group `idiom` what only seems to."""
    table = _tables().get(lang)
    if table is None:
        return None
    words, clitics, endings, inside, idioms = (
        "|".join(table.get(part, ()))
        for part in ("words", "clitics", "endings", "inside", "idioms")
    )
    ways = (
        f"(?P<idiom>{idioms})" if idioms else "",
        rf"(?<!\w)(?:{clitics})?(?:{words})(?!\w)" if words else "",
        rf"\w+(?:{endings})\b" if endings else "",
        inside,
    )
    return re.compile("|".join(filter(None, ways)), re.IGNORECASE)


@cache
def _tables() -> dict[str, Any]:
    path = Path(__file__).with_name("negation.toml")
    return tomllib.loads(path.read_text(encoding="utf-8"))
