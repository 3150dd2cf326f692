"""Whether a text denies something: words of the source's language against English ones."""

import re
import tomllib
from functools import cache
from pathlib import Path
from typing import Any

# What English says where another language denies: also by a prefix (unable), by a suffix
# (homeless), and by verbs and prepositions (fails to, except). Words that stand for a denial now
# and then, and mostly do not (only, but, before), would hide more than they explain.
_ENGLISH = (
    r"n['’]t\b|\b(?:not|no|non|never|none|nothing|nobody|nowhere|neither|nor|without|sans|cannot"
    r"|hardly|barely|rarely|seldom|scarcely|few|other|instead|rather|except|unless|free"
    r"|un(?!der|i|til|cle)\w{2,}|non\w+|\w+less(?:ly|ness)?"
    r"|illeg\w+|irre\w+|invalid\w*|invisib\w+|invulnerab\w+"
    r"|im(?:mobil|mort|moral|matur|patien|perfec|possib|practic|prob|proper)\w*"
    r"|in(?:abil|accura|action|activ|adequa|appropria|capa|complet|correct|compat|consist|conven"
    r"|credib|curab|defin|dependen|direct|effective|effic|eligib|evitab|expensive|exper|flexib"
    r"|formal|frequen|hospit|human|secur|sensitiv|significan|stabil|suffic)\w*"
    r"|dis(?:abl|agree|allow|appear|approv|belie|connect|contin|lik|obe|qualif|regard|satisf)\w*"
    r"|lack\w*|fail\w*|refus\w+|den(?:y|ie[ds]|ying|ial)|reject\w*|absen\w+|prevent\w*"
    r"|avoid\w*|stop\w*|ban\w*|miss(?:ed|es|ing)?)\b"
)


def lost(source: str, target: str, lang: str) -> str:
    """The word by which `source` denies where `target` has none that does; empty otherwise.

    Languages of which no such words are known deny nothing.
    """
    words = _words(lang)
    found = words and next((f for f in words.finditer(source) if f.lastgroup != "idiom"), None)
    return found[0] if found and not _english().search(target) else ""


@cache
def _english() -> re.Pattern[str]:
    return re.compile(_ENGLISH, re.IGNORECASE)


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
        # Longer stems would be looked through again from each of their letters.
        rf"\b\w{{1,25}}?(?:{endings})\b" if endings else "",
        inside,
    )
    return re.compile("|".join(filter(None, ways)), re.IGNORECASE)


@cache
def _tables() -> dict[str, Any]:
    path = Path(__file__).with_name("negation.toml")
    return tomllib.loads(path.read_text(encoding="utf-8"))
