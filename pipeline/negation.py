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
    pattern = _pattern(lang)
    found = pattern and pattern.search(source)
    return found[0] if found and not _ENGLISH.search(target) else ""


@cache
def _pattern(lang: str) -> re.Pattern[str] | None:
    table = _tables().get(lang)
    if table is None:
        return None
    words = "|".join(table.get("words", ()))
    clitics = "|".join(table.get("clitics", ()))
    ends = "|".join(table.get("endings", ()))
    ways = (
        rf"(?<!\w)(?:{clitics})?(?:{words})(?!\w)" if words else "",
        rf"\w+(?:{ends})\b" if ends else "",
        *table.get("inside", ()),
    )
    return re.compile("|".join(filter(None, ways)), re.IGNORECASE)


@cache
def _tables() -> dict[str, Any]:
    path = Path(__file__).with_name("negation.toml")
    return tomllib.loads(path.read_text(encoding="utf-8"))
