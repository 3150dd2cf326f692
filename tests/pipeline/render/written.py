"""Records written in a format, and texts that formats find hard."""

from collections.abc import Sequence
from dataclasses import replace
from io import BytesIO
from typing import Any

from hypothesis import strategies as st

from pipeline.document import Record
from pipeline.render import opened
from tests.pipeline.render.records import record

AWKWARD = (
    *(
        "a",
        " a ",
        "a  b",
        "\ta\n",
        "a\r\nb\rc",
        '"',
        '"a"\t"b',
        "'",
        "=1+1",
        "-x",
        "@y",
        "NA",
        "007",
    ),
    *(
        "<b>&amp;</b> ]]> <!-- -->",
        "a\u2028b\u2029c\x85d",
        "\ufeffa",
        "😀👩‍👩‍👧 e\u0301",
        "قال: «نعم».",
        "עברית 12",
    ),
    *("\u202eabc\u2066", "{\\an8}", "1 --> 2", "<script>", "\x7f\x9f", "\uffff"),
)

characters = st.characters(exclude_categories=["Cs"])
texts = st.one_of(st.sampled_from(AWKWARD), st.text(characters, min_size=1, max_size=40))
pairs = st.lists(st.tuples(texts, texts), min_size=1, max_size=4)


def written(form: str, *records: Record) -> bytes:
    out = BytesIO()
    with opened(form, out) as write:
        for one in records:
            write(one)
    return out.getvalue()


def of_pairs(pairs: Sequence[tuple[str, str]], **about: Any) -> Record:
    """A paragraph a pair."""
    return record([source for source, _ in pairs], [target for _, target in pairs], **about)


def changed(given: Record, index: int, **about: Any) -> Record:
    """The record with another translation of one segment."""
    made = list(given.translations)
    made[index] = replace(made[index], **about)
    return replace(given, translations=tuple(made))


def said(given: Record, **about: Any) -> Record:
    """The record with something else said of its document."""
    return replace(given, document=replace(given.document, **about))
