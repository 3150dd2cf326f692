"""How well sentences are found: F1 of their ends, ours beside the libraries'.

    python -m tests.benchmarks.segmentation          the table, and our speed
    python -m tests.benchmarks.segmentation fr       where we and the gold disagree in French

Documents are 30 gold sentences joined by a space (Chinese: by nothing). An end counts as found
where the same number of characters that are not white space stands before it; the end of a
document is not counted. Several sets of a language: the mean. Libraries that are not installed
are left out; the gold sets lie beside the checkout.
"""

import sys
import time
from collections.abc import Callable, Iterator
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path

from pipeline.evaluation import align
from pipeline.segment import segment

GOLD = Path(__file__).resolve().parents[3] / "shared" / "data" / "seg"
SETS = {
    "ar": ("ar.iwslt2017.txt",),
    "en": ("UD_English-EWT-test.sents.txt", "UD_English-GUM-test.sents.txt"),
    "fr": ("UD_French-Sequoia-test.sents.txt",),
    "es": ("UD_Spanish-AnCora-test.sents.txt",),
    "pt": ("UD_Portuguese-Bosque-test.sents.txt",),
    "ru": ("UD_Russian-Taiga-test.sents.txt",),
    "uk": ("UD_Ukrainian-IU-test.sents.txt",),
    "tr": ("UD_Turkish-BOUN-test.sents.txt",),
    "fa": ("UD_Persian-Seraji-test.sents.txt",),
    "he": ("UD_Hebrew-HTB-test.sents.txt",),
    "zh": ("UD_Chinese-GSDSimp-test.sents.txt",),
    "ur": ("UD_Urdu-UDTB-test.sents.txt",),
}
DOCUMENT = 30

Segmenter = Callable[[str, str], list[str]]


def gold_sentences(name: str) -> list[str]:
    lines = (GOLD / name).read_text(encoding="utf-8").split("\n")
    return [line.strip() for line in lines if line.strip()]


def documents(sentences: list[str], lang: str) -> Iterator[tuple[list[str], str]]:
    """Gold sentences and the text that they make, document by document."""
    for first in range(0, len(sentences), DOCUMENT):
        gold = sentences[first : first + DOCUMENT]
        yield gold, ("" if lang == "zh" else " ").join(gold)


def ends(sentences: list[str]) -> set[int]:
    """Sentence ends as counts of characters before them, white space and the last end left out."""
    counts = align.ends(sentences)
    return set(counts[:-1]) - set(counts[-1:])


def f1(segmenter: Segmenter, sentences: list[str], lang: str) -> float:
    """In percent, over all ends of all documents."""
    right = proposed = wanted = 0
    for gold, text in documents(sentences, lang):
        gold_ends, our_ends = ends(gold), ends(segmenter(text, lang))
        right += len(gold_ends & our_ends)
        proposed += len(our_ends)
        wanted += len(gold_ends)
    return 200 * right / (proposed + wanted)


def ours(text: str, lang: str) -> list[str]:
    return [found.text for found in segment(text, lang)]


def _sentencex(text: str, lang: str) -> list[str]:
    return list(import_module("sentencex").segment(lang, text))


def _icu(text: str, lang: str) -> list[str]:
    return list(import_module("icu4py.breakers").SentenceBreaker(text, lang))


def _blingfire(text: str, _: str) -> list[str]:
    return list(import_module("blingfire").text_to_sentences(text).split("\n"))


def _pysbd(text: str, lang: str) -> list[str]:
    known = {"pt": "en", "uk": "ru", "tr": "en", "he": "en"}.get(lang, lang)
    return list(import_module("pysbd").Segmenter(language=known, clean=False).segment(text))


def _razdel(text: str, _: str) -> list[str]:
    return [found.text for found in import_module("razdel").sentenize(text)]


def _syntok(text: str, _: str) -> list[str]:
    paragraphs = import_module("syntok.segmenter").process(text)
    sentences = (sentence for paragraph in paragraphs for sentence in paragraph)
    return ["".join(token.spacing + token.value for token in sentence) for sentence in sentences]


SEGMENTERS: dict[str, tuple[str, Segmenter]] = {
    "sentencex": ("sentencex", _sentencex),
    "ICU (icu4py)": ("icu4py", _icu),
    "pysbd": ("pysbd", _pysbd),
    "blingfire": ("blingfire", _blingfire),
    "syntok": ("syntok", _syntok),
    "razdel": ("razdel", _razdel),
    "ours": ("sentencex", ours),
}


def print_table() -> None:
    gold = {lang: [gold_sentences(name) for name in names] for lang, names in SETS.items()}
    print(f"{'':14}" + "".join(f"{lang:>6}" for lang in SETS))
    for name, (module, segmenter) in SEGMENTERS.items():
        if find_spec(module) is None:
            continue
        scores = [
            sum(f1(segmenter, sentences, lang) for sentences in sets) / len(sets)
            for lang, sets in gold.items()
        ]
        print(f"{name:14}" + "".join(f"{score:6.1f}" for score in scores))


def print_speed() -> None:
    text = "\n".join(text for _, text in documents(gold_sentences(SETS["ar"][0]), "ar")) * 5
    began = time.process_time()
    segment(text, "ar")
    seconds = time.process_time() - began
    speed = len(text.encode()) / 1e6 / seconds
    print(f"\nours, Arabic: {speed:.1f} MB of UTF-8 in a second of one core")


def print_disagreements(lang: str) -> None:
    for name in SETS[lang]:
        for gold, text in documents(gold_sentences(name), lang):
            gold_ends, our_ends = ends(gold), ends(ours(text, lang))
            places = [place for place, character in enumerate(text) if not character.isspace()]
            for end in sorted(gold_ends ^ our_ends):
                place = places[end - 1] + 1
                kind = "missed" if end in gold_ends else "extra "
                print(f"{kind} {text[max(0, place - 40) : place]}⏐{text[place : place + 30]}")


if __name__ == "__main__":
    if sys.argv[1:]:
        print_disagreements(sys.argv[1])
    else:
        print_table()
        print_speed()
