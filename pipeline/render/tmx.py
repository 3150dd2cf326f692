"""A translation memory in the exchange format TMX 1.4b, a unit a translated segment.

A memory holds translations: a segment that stands as it is, or that has none, would offer itself
to a translator as one. Such segments are left out; a comment at the end says how many.

https://www.gala-global.org/tmx-14b
"""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from importlib.metadata import version
from typing import BinaryIO

from pipeline.document import Record, Segment, Translation
from pipeline.figures import count
from pipeline.provenance import MARK, fingerprint
from pipeline.render import Write
from pipeline.render.xml import attributes, possible, tag_of, words

WriteUnit = Callable[[str, str, str, Mapping[str, str]], None]
"""Source, target, the source's language, and properties by name: of TMX's type `x-` and the name.

The property `by` makes a unit somebody's too, as TMX has it: created by us where it is `model`,
changed by the memory where it is `memory`. A unit of a model carries its fingerprint, by which we
know when the unit comes back whether a person has changed it.
"""

_HEAD = """\
<?xml version="1.0" encoding="UTF-8"?>
<tmx version="1.4">
<header creationtool="khulasa" creationtoolversion="{version}" segtype="sentence" \
o-tmf="khulasa" adminlang="en" srclang="*all*" datatype="plaintext"/>
<body>
"""
_END = "</body>\n</tmx>\n"
_AUTHORS = {"model": {"creationid": "khulasa"}, "memory": {"changeid": "memory"}}


@contextmanager
def units_to(out: BinaryIO) -> Iterator[WriteUnit]:
    """Write a memory unit by unit; its end is written where the context ends without an error.

    A character that XML cannot hold is written as U+FFFD; all else reads back as it was.
    """

    def write(source: str, target: str, lang: str, props: Mapping[str, str]) -> None:
        out.write(_unit(source, target, lang, props).encode())

    out.write(_HEAD.format(version=version("khulasa")).encode())
    yield write
    out.write(_END.encode())


@contextmanager
def writing(out: BinaryIO) -> Iterator[Write]:
    """Write the segments of records that were translated."""
    left: Counter[str] = Counter()
    with units_to(out) as write_unit:

        def write(record: Record) -> None:
            for pair in zip(record.segments, record.translations, strict=True):
                if why := _left_out(pair[1]):
                    left[why] += 1
                else:
                    _write(write_unit, record, *pair)

        yield write
        for why, number in left.items():
            out.write(f"<!-- left out: {count(number, 'segment')} {why} -->\n".encode())


def _left_out(translation: Translation) -> str | None:
    if translation.by == "source":
        return "passed through untranslated"
    return None if translation.text.strip() else "without a translation"


def _write(write: WriteUnit, record: Record, segment: Segment, translation: Translation) -> None:
    lang = segment.lang or record.document.lang
    props = {
        "document": record.document.id,
        "segment": str(segment.index),
        "by": translation.by,
    }
    if translation.score is not None:
        props["score"] = f"{translation.score:.4f}"
    if translation.flags:
        props["flags"] = " ".join(translation.flags)
    details = {f"flag-{name}": detail for name, detail in translation.details.items()}
    write(segment.text, translation.text, lang, props | details)


def _unit(source: str, target: str, lang: str, props: Mapping[str, str]) -> str:
    tag = tag_of(lang)
    mark = {MARK: fingerprint(possible(target))} if props.get("by") == "model" else {}
    told = (
        f"<prop{attributes(type=f'x-{name}')}>{words(value)}</prop>\n"
        for name, value in (*props.items(), *mark.items())
    )
    texts = (
        f"<tuv{attributes(xml__lang=code)}><seg>{words(text)}</seg></tuv>\n"
        for code, text in ((tag, source), ("en", target))
    )
    by = _AUTHORS.get(props.get("by", ""), {})
    return f"<tu{attributes(srclang=tag, **by)}>\n{''.join((*told, *texts))}</tu>\n"
