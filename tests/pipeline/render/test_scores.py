"""The tables of an evaluation on a terminal, line by line."""

import json
import re
from collections import Counter
from dataclasses import replace
from io import StringIO

import pytest
from rich.cells import cell_len

from pipeline.evaluation.findings import Evaluation
from pipeline.flags import FLAGS
from pipeline.render.scores import MOST_DOCUMENTS, MOST_IDS, to_people, to_programs
from tests.pipeline.render.evaluations import ARABIC, COMPARISON, FRENCH, hostile, ordinary


def lines(evaluation: Evaluation) -> list[str]:
    out = StringIO()
    to_people(evaluation, out)
    return [" ".join(line.split()) for line in out.getvalue().splitlines()]


def test_the_tables() -> None:
    assert lines(ordinary(COMPARISON)) == [
        "in/ · 2 documents, 1 failed",
        "translate: a/b@1",
        f"⚑ tiny-models: {FLAGS['tiny-models'].meaning} (1 document)",
        "",
        "segments BLEU chrF R-1 R-2 R-L segm. ⚑ ·",
        "all 1,250 42.6 67.0 44.1 21.1 30.6 93.5 6.2 12.5",
        "",
        "Arabic 16 42.6 67.0 44.1 21.1 30.6 98.0 6.2 12.5",
        "French 1,234 – – – – – 75.0 – –",
        "",
        "ar-news 16 42.6 67.0 44.1 21.1 30.6 98.0 6.2 12.5",
        "fr-news 1,234 – – – – – 75.0 – –",
        "",
        "– ar-news: document level: 16 segments, 15 lines of reference",
        "– fr-news: not translated: translates Arabic only, not French",
        "– 1 file left out: neither document nor reference",
        "BLEU: words and phrases of the reference translation nrefs:1|version:2.6.0",
        "chrF: letters of the reference translation, in runs",
        "R-1: words of the reference summary",
        "R-2: pairs of words of the reference summary",
        "R-L: words of the reference summary, in its order",
        "segm.: F1 of the ends of sentences within a document",
        "⚑: segments with a flag that asks for attention",
        "·: segments with a note",
        "",
        "Against earlier.json",
        "before now difference p over",
        "BLEU 40.0 ± 1.2 42.6 ± 1.5 +2.6 0.012 16 segments",
        "chrF 67.5 ± 1.0 67.0 ± 1.0 −0.5 0.400 16 segments",
        "ROUGE-1 44.0 ± 0.5 44.1 ± 0.5 +0.1 too few 1 document",
        "Sentence ends 98.0 ± 0.5 98.0 ± 0.5 ±0.0 1.000 12 documents",
        "Flagged 2.0 ± 0.5 6.2 ± 0.5 +4.2 0.001 12 documents",
        "± and p: paired bootstrap, 1,000 samples, seed 12345",
        "not compared: b, c: only in this run",
    ]


def test_one_language_has_no_line_beside_all() -> None:
    alone = replace(ordinary(), documents=(ARABIC,), languages={"ar": ARABIC.scores})
    assert not any(line.startswith("Arabic") for line in lines(alone))


def test_summaries_stand_beside_those_that_need_no_model() -> None:
    baseline = {"rouge1": 43.8, "rouge2": 20.4, "rougeL": 29.7}
    told = lines(replace(ordinary(), baseline=baseline))
    at = told.index("all 1,250 42.6 67.0 44.1 21.1 30.6 93.5 6.2 12.5")
    assert told[at + 1] == "all, extractive 1,250 – – 43.8 20.4 29.7 – – –"
    assert f"extractive: {FLAGS['extractive'].meaning}" in told


def test_long_lists_end_and_say_so() -> None:
    more = tuple(replace(FRENCH, id=f"n{i}") for i in range(MOST_DOCUMENTS + 7))
    told = lines(replace(ordinary(), documents=more))
    assert "– 7 more documents in the JSON" in told
    assert Counter(line.startswith("n") for line in told)[True] == MOST_DOCUMENTS
    assert f"n{MOST_IDS - 1} and {MOST_DOCUMENTS + 7 - MOST_IDS} more:" in " ".join(told)


class Terminal(StringIO):
    def isatty(self) -> bool:
        return True


def test_a_terminal_of_80_is_wide_enough_and_colours_are_for_what_is_no_chance(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    monkeypatch.delenv("NO_COLOR", raising=False)
    monkeypatch.setenv("TERM", "xterm")
    out = Terminal()
    to_people(ordinary(COMPARISON), out)
    text = out.getvalue()
    assert re.search(r"\x1b\[32m *\+2\.6", text)
    assert re.search(r"\x1b\[31m *\+4\.2", text)
    assert not re.search(r"\x1b\[3.m *\+0\.1", text)
    plain = re.sub(r"\x1b\[[\d;]*m", "", text).splitlines()
    assert max(map(cell_len, plain)) <= 80
    assert any(line.startswith("all ") and line.rstrip().endswith(" 12.5") for line in plain)


def test_nothing_commands_the_terminal() -> None:
    evil = "\x1b[2J\u202e[red]"
    one = replace(ARABIC, id=evil, remarks=(evil,), untranslated=evil)
    comparison = replace(COMPARISON, earlier=evil)
    out = StringIO()
    to_people(replace(ordinary(comparison), source=evil, documents=(one,)), out)
    text = out.getvalue()
    assert "\x1b" not in text
    assert "\u202e" not in text
    assert text.count("\\x1b[2J\\u202e[red]") == 7
    assert all(cell_len(line) <= 110 for line in text.splitlines())


def test_programs_read_all_of_it() -> None:
    out = StringIO()
    to_programs(ordinary(COMPARISON), out)
    read = json.loads(out.getvalue())
    assert read["schema"] == 1
    assert read["scores"]["bleu"] == 42.649
    assert read["documents"][0]["units"][0]["reference"] == "The minister opened a bridge."
    assert read["comparison"]["changes"]["bleu"]["p"] == 0.012
    out = StringIO()
    to_programs(hostile(), out)
    assert json.loads(out.getvalue())["schema"] == 1
