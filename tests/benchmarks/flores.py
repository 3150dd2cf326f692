"""The FLORES-200 devtest as a folder: a file a language, a sentence a line, and their documents."""

import csv
from itertools import groupby
from pathlib import Path

# ISO 639-3 and script, as the files are named → the code of the catalogue.
CODES = {
    "arb_Arab": "ar",
    "deu_Latn": "de",
    "eng_Latn": "en",
    "fra_Latn": "fr",
    "heb_Hebr": "he",
    "hin_Deva": "hi",
    "ita_Latn": "it",
    "jpn_Jpan": "ja",
    "kor_Hang": "ko",
    "pes_Arab": "fa",
    "por_Latn": "pt",
    "rus_Cyrl": "ru",
    "spa_Latn": "es",
    "tur_Latn": "tr",
    "ukr_Cyrl": "uk",
    "urd_Arab": "ur",
    "zho_Hans": "zh",
}


def sentences(folder: Path) -> dict[str, list[str]]:
    """The sentences of each language that the folder has, by its code."""
    files = {code: folder / f"{name}.devtest" for name, code in CODES.items()}
    return {
        code: file.read_text(encoding="utf-8").rstrip("\n").split("\n")
        for code, file in files.items()
        if file.exists()
    }


def documents(folder: Path, sentences: list[str]) -> list[list[str]]:
    """The sentences of one language, those of an article together."""
    with (folder / "metadata_devtest.tsv").open(encoding="utf-8", newline="") as file:
        articles = [row["URL"] for row in csv.DictReader(file, delimiter="\t")]
    pairs = zip(articles, sentences, strict=True)
    return [[text for _, text in pairs] for _, pairs in groupby(pairs, key=lambda pair: pair[0])]
