"""What is written into XML reads back, but for what XML cannot hold."""

from xml.etree.ElementTree import fromstring

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.render.xml import attributes, possible, tag_of, words


@given(st.text())
def test_content_and_attributes_read_back(text: str) -> None:
    element = fromstring(f"<a{attributes(b=text)}>{words(text)}</a>")
    assert (element.text or "") == possible(text)
    assert element.attrib == {"b": possible(text)}


@given(st.text(st.characters(exclude_categories=["Cs", "Cc"], exclude_characters="\ufffe\uffff")))
def test_what_xml_can_hold_stays(text: str) -> None:
    assert possible(text) == text


@pytest.mark.parametrize(
    ("text", "written"),
    [("\0a\x1b", "\ufffda\ufffd"), ("\ud800", "\ufffd"), ("\ufffe\uffff", "\ufffd\ufffd")],
)
def test_what_xml_cannot_hold_is_seen(text: str, written: str) -> None:
    assert possible(text) == written


def test_attributes_that_are_not_there() -> None:
    assert attributes(id="1", xml__lang="ar", by=None) == ' id="1" xml:lang="ar"'


@pytest.mark.parametrize(
    ("lang", "tag"),
    [("ar", "ar"), ("pt_BR", "pt-BR"), ("zh-Hans-CN", "zh-Hans-CN"), ("", "und"), ('"x', "und")],
)
def test_tags_of_languages(lang: str, tag: str) -> None:
    assert tag_of(lang) == tag
