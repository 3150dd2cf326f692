"""The figures of the field, against numbers computed by hand and by the libraries' own commands."""

import csv
import math
import subprocess
import sys
from pathlib import Path

import pytest

from pipeline.evaluation import scores
from pipeline.evaluation.align import Unit

# Koehn's example (Statistical Machine Translation, 2010, section 8.2.3), system B.
REFERENCE = "Israeli officials are responsible for airport security"
SYSTEM = "airport security Israeli officials are responsible"


def units(*pairs: tuple[str, str]) -> list[Unit]:
    return [Unit(1, "", hypothesis, reference) for hypothesis, reference in pairs]


def test_bleu_by_hand() -> None:
    # 6 of 6 words, 4 of 5 pairs, 2 of 4 triples, 1 of 3 quadruples; 6 words for 7.
    by_hand = math.exp(1 - 7 / 6) * (6 / 6 * 4 / 5 * 2 / 4 * 1 / 3) ** (1 / 4)
    assert round(by_hand, 3) == 0.512
    found = scores.translation(units((SYSTEM, REFERENCE)))
    assert found["bleu"] == pytest.approx(100 * by_hand)


def test_chrf_by_hand() -> None:
    # "abd" for "abc": letters 2/3, pairs 1/2, triples 0/1, no longer ones; F2 of P = R is P.
    by_hand = 100 * (2 / 3 + 1 / 2 + 0) / 3
    assert scores.translation(units(("a bd", "ab c")))["chrf"] == pytest.approx(by_hand)
    assert scores.chrf(units(("a bd", "ab c"))[0]) == pytest.approx(by_hand)


def test_what_is_the_reference_is_a_hundred() -> None:
    exact = units((REFERENCE, REFERENCE))
    assert scores.translation(exact) == {"bleu": 100.0, "chrf": 100.0}


def test_a_corpus_is_no_mean_of_its_sentences() -> None:
    # Together 11 of 11, 8 of 9, 5 of 7, 3 of 5; 11 words for 12.
    by_hand = math.exp(1 - 12 / 11) * (1 * 8 / 9 * 5 / 7 * 3 / 5) ** (1 / 4)
    same = "It rained all night long"
    found = scores.translation(units((SYSTEM, REFERENCE), (same, same)))
    assert found["bleu"] == pytest.approx(100 * by_hand)


def test_bleu_and_chrf_are_those_of_the_command(tmp_path: Path) -> None:
    pairs = [
        ("The minister opened a bridge in Mosul.", "The minister has opened a bridge in Mosul."),
        (
            "He said: work goes on, and costs $3.5m",
            "He said, “work goes on”; it costs $3.5 million.",
        ),
        ("", "Nothing came."),
    ]
    (tmp_path / "ours").write_text("".join(f"{one}\n" for one, _ in pairs), "utf-8")
    (tmp_path / "reference").write_text("".join(f"{one}\n" for _, one in pairs), "utf-8")
    command = [sys.executable, "-m", "sacrebleu", "reference", "-i", "ours", "-b", "-w", "4"]
    for name, metric in (("bleu", "bleu"), ("chrf", "chrf")):
        printed = subprocess.check_output([*command, "-m", metric], cwd=tmp_path, text=True)
        assert f"{scores.translation(units(*pairs))[name]:.4f}" == printed.strip()


def test_rouge_by_hand() -> None:
    found = scores.rouge("the cat sat on a mat", ["the cat was sitting on the mat"])
    # stems: the cat sat on a mat | the cat wa sit on the mat
    assert found["rouge1"] == pytest.approx(100 * 2 * 4 / (6 + 7))  # the cat on mat
    assert found["rouge2"] == pytest.approx(100 * 2 * 1 / (5 + 6))  # the cat
    assert found["rougeL"] == pytest.approx(100 * 2 * 4 / (6 + 7))
    turned = scores.rouge("police killed the gunman", ["the gunman killed police"])
    assert turned["rouge1"] == pytest.approx(100)
    assert turned["rouge2"] == pytest.approx(100 * 1 / 3)  # the gunman
    assert turned["rougeL"] == pytest.approx(100 * 2 / 4)


def test_rouge_stems() -> None:
    assert scores.rouge("the farmers returned", ["a farmer returns"])["rouge1"] == pytest.approx(
        100 * 2 * 2 / (3 + 3)
    )


def test_rouge_is_that_of_the_command(tmp_path: Path) -> None:
    ours = "A team cleared 1,240 mines; farmers were returning."
    theirs = "Experts' teams clear 1,240 mines and the farmers return."
    (tmp_path / "target").write_text(theirs)
    (tmp_path / "prediction").write_text(ours)
    subprocess.run(
        [
            *(sys.executable, "-m", "rouge_score.rouge", "--target_filepattern=target"),
            *("--prediction_filepattern=prediction", "--output_filename=out.csv"),
            *("--use_stemmer=true", "--rouge_types=rouge1,rouge2,rougeL", "--aggregate=false"),
            "--delimiter=\\n\\n",
        ],
        cwd=tmp_path,
        check=True,
        capture_output=True,
    )
    [row] = csv.DictReader((tmp_path / "out.csv").read_text().splitlines())
    printed = {name: float(row[f"{name}-F"]) for name in scores.ROUGE}
    assert printed == {"rouge1": 0.736842, "rouge2": 0.470588, "rougeL": 0.736842}
    found = scores.rouge(ours, [theirs])
    assert {name: round(score / 100, 6) for name, score in found.items()} == printed


def test_of_several_references_each_figure_takes_its_best() -> None:
    summary = "police killed the gunman"
    words, order = "gunman the killed police", "police killed nobody"
    found = scores.rouge(summary, [words, order])
    assert found["rouge1"] == pytest.approx(100)
    assert found["rouge2"] == pytest.approx(scores.rouge(summary, [order])["rouge2"])
    assert found == scores.rouge(summary, [order, words])


def test_nothing_to_compare_with_is_no_figure() -> None:
    assert scores.translation([]) == {}
    assert scores.rouge("a", []) == {}


@pytest.mark.parametrize("summary", ["", "?!"])
def test_an_empty_summary_scores_nothing(summary: str) -> None:
    assert scores.rouge(summary, ["a b"]) == {"rouge1": 0, "rouge2": 0, "rougeL": 0}


def test_settings_are_stated() -> None:
    assert scores.signatures() == {
        "bleu": "nrefs:1|case:mixed|eff:no|tok:13a|smooth:exp|version:2.6.0",
        "chrf": "nrefs:1|case:mixed|eff:yes|nc:6|nw:0|space:no|version:2.6.0",
        **dict.fromkeys(scores.ROUGE, "F1|stem:porter|tok:rouge-score|refs:best|version:0.1.2"),
    }
