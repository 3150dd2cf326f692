"""The bundled models through the whole pipeline: right in their own world, honest outside it."""

from pathlib import Path

from pipeline import Pipeline, read


def test_the_sample_comes_out_as_its_references(root: Path) -> None:
    seed = root / "seeds" / "ar-demining.txt"
    [record] = Pipeline(models="tiny").run([read(seed)])
    english = seed.with_suffix(".en.txt").read_text("utf-8").splitlines()
    summary = seed.with_suffix(".summary.en.txt").read_text("utf-8").strip()
    assert [translation.text for translation in record.translations] == english
    assert record.summary.text == summary
    assert [sentence.supports for sentence in record.summary.sentences] == [(1,), (2,), (5,)]
    assert record.all_flags == ("tiny-models",)


def test_a_real_text_is_flagged_as_unknown_sentence_by_sentence(root: Path) -> None:
    [record] = Pipeline(models="tiny").run([read(root / "seeds" / "ar-harvest.txt")])
    flagged = ["unknown-tokens" in translation.flags for translation in record.translations]
    assert len(flagged) == 15
    assert sum(flagged) >= 14
