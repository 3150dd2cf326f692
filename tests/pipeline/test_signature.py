"""The printed form of a signature, its digest, and what it says of a change."""

import hashlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.signature import Signature, digest

TRANSLATE = Signature(
    "translate", 1, (("model", "a/b@c0ffee"), ("weights", "sha256:00ff"), ("beam", "4"))
)

names = st.text(st.characters(exclude_characters="|:", exclude_categories=["Cs"]), min_size=1)
values = st.text(st.characters(exclude_characters="|", exclude_categories=["Cs"]))
params = st.lists(
    st.tuples(names.filter(lambda name: name not in ("stage", "version")), values),
    unique_by=lambda pair: pair[0],
)
signatures = st.builds(
    Signature, st.sampled_from(["segment", "translate"]), st.integers(0, 99), params.map(tuple)
)


def test_the_printed_form() -> None:
    assert str(TRANSLATE) == "translate:v1|model:a/b@c0ffee|weights:sha256:00ff|beam:4"


def test_a_signature_may_have_no_params() -> None:
    assert str(Signature("segment", 3, ())) == "segment:v3"
    assert Signature.parse("segment:v3") == Signature("segment", 3, ())


@given(signatures)
def test_what_is_printed_is_read_back(signature: Signature) -> None:
    assert Signature.parse(str(signature)) == signature


@given(signatures, signatures)
def test_signatures_print_alike_only_where_they_are_equal(one: Signature, two: Signature) -> None:
    assert (str(one) == str(two)) == (one == two)
    assert (one.digest == two.digest) == (one == two)


def test_the_digest_is_the_same_everywhere() -> None:
    # sha256 of the printed form as a JSON string, quotes included.
    assert TRANSLATE.digest == "c72dd1e9ee95b1e4fd0c6a149ac92ada01681c56a19feb298d1c41dd9f3ea8fa"


@pytest.mark.parametrize(
    ("value", "canonical"),
    [
        ("مرحبا", '"مرحبا"'),
        (["b", "a"], '["b","a"]'),
        ({"b": 1, "a": [None, True, 0.5]}, '{"a":[null,true,0.5],"b":1}'),
        ("\ud800", '"\ud800"'),
    ],
)
def test_a_digest_is_the_sha256_of_canonical_json(value: object, canonical: str) -> None:
    expected = hashlib.sha256(canonical.encode("utf-8", "surrogatepass")).hexdigest()
    assert digest(value) == expected


def test_what_json_cannot_hold_has_no_digest() -> None:
    with pytest.raises(TypeError):
        digest({1, 2})


@pytest.mark.parametrize(
    "params",
    [
        (("model", "a|b"),),
        (("mo|del", "a"),),
        (("mo:del", "a"),),
        (("", "a"),),
        (("beam", 4),),
        (("beam", None),),
        (("beam", "4"), ("beam", "5")),
        (("version", "2"),),
        (("stage", "segment"),),
    ],
)
def test_a_part_that_could_not_be_read_back_is_refused(params: tuple[tuple[str, str], ...]) -> None:
    with pytest.raises(ValueError, match="cannot stand in a signature"):
        Signature("translate", 1, params)


@pytest.mark.parametrize("stage", ["", "a|b", "a:v2"])
def test_a_stage_name_that_could_not_be_read_back_is_refused(stage: str) -> None:
    with pytest.raises(ValueError, match="cannot stand in a signature"):
        Signature(stage, 1, ())


@pytest.mark.parametrize("text", ["", "translate", "translate:vx", "translate:v1|model"])
def test_a_text_that_is_no_signature_is_refused(text: str) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 - whatever part of it fails first
        Signature.parse(text)


def test_changes_name_the_components_that_differ() -> None:
    now = Signature("translate", 2, (("model", "a/b@c0ffee"), ("beam", "1"), ("max", "9")))
    assert TRANSLATE.changes(now) == [
        ("version", "1", "2"),
        ("weights", "sha256:00ff", "-"),
        ("beam", "4", "1"),
        ("max", "-", "9"),
    ]


@given(signatures)
def test_a_signature_has_not_changed_from_itself(signature: Signature) -> None:
    assert signature.changes(signature) == []
