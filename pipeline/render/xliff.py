"""XLIFF 2.1 for translators' tools: a file a document, a unit a paragraph, segments in it.

The white space between segments stands in `ignorable`. What no person need look at again is
`translated`, what a person made `reviewed`, what is not translated `initial`; where a flag asks for
attention, the segment's subState says so and a note of the unit which and why. The metadata module
tells who made each translation and how sure the model was. XLIFF has one source language a file:
a segment in another says so in a note.

https://docs.oasis-open.org/xliff/xliff-core/v2.1/xliff-core-v2.1.html
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from itertools import groupby, pairwise
from typing import BinaryIO

from models.errors import KhulasaError
from pipeline.document import Record, Segment, Translation
from pipeline.flags import FLAGS, shown
from pipeline.harmless import visible
from pipeline.render import Write
from pipeline.render.reading import direction
from pipeline.render.xml import attributes, tag_of, words

Pair = tuple[Segment, Translation]

_HEAD = """\
<?xml version="1.0" encoding="UTF-8"?>
<xliff xmlns="urn:oasis:names:tc:xliff:document:2.0" \
xmlns:mda="urn:oasis:names:tc:xliff:metadata:2.0" \
version="2.1"{languages} xml:space="preserve">
"""
_END = "</xliff>\n"


@contextmanager
def writing(out: BinaryIO) -> Iterator[Write]:
    """Write records that have one language. Raises KhulasaError for one in another."""
    lang, number = "", 0

    def write(record: Record) -> None:
        nonlocal lang, number
        if not number:
            lang = record.document.lang
            out.write(
                _HEAD.format(languages=attributes(srcLang=tag_of(lang), trgLang="en")).encode()
            )
        _check(record, lang)
        number += 1
        for part in _file(record, number):
            out.write(part.encode())

    yield write
    if number:
        out.write(_END.encode())


def _check(record: Record, lang: str) -> None:
    if record.document.lang != lang:
        raise KhulasaError(
            f"{visible(record.document.id)}: is in {visible(record.document.lang)}, what stands in"
            f" the file before it in {visible(lang)}; XLIFF has one source language, name a file"
            " for each"
        )


def _file(record: Record, number: int) -> Iterator[str]:
    document = record.document
    about = attributes(
        id=f"d{number}",
        original=document.path or document.id,
        srcDir=direction(document.lang),
        trgDir="ltr",
    )
    yield f"<file{about}>\n{_notes(_about(record))}"
    pairs = zip(record.segments, record.translations, strict=True)
    for paragraph, group in groupby(pairs, lambda pair: pair[0].paragraph):
        yield from _unit(record, paragraph, list(group))
    yield "</file>\n"


def _about(record: Record) -> Iterator[str]:
    document = record.document
    told = {"id": document.id, "title": document.title, "url": document.url, "time": document.time}
    for category, value in told.items():
        if value:
            yield f"<note{attributes(category=category)}>{words(value)}</note>\n"
    for sentence in record.summary.sentences:
        evidence = " ".join(f"[s{index}]" for index in sentence.supports)
        text = words(f"{sentence.text} {evidence}".strip())
        yield f'<note category="summary">{text}</note>\n'
    for flag in record.flags:
        yield f'<note category="flag">{words(shown(flag, FLAGS[flag].meaning))}</note>\n'


def _notes(notes: Iterator[str]) -> str:
    written = "".join(notes)
    return f"<notes>\n{written}</notes>\n" if written else ""


def _unit(record: Record, paragraph: int, pairs: Sequence[Pair]) -> Iterator[str]:
    yield f'<unit id="p{paragraph}">\n<mda:metadata>\n'
    for segment, translation in pairs:
        yield _metadata(segment, translation)
    yield "</mda:metadata>\n"
    yield _notes(note for pair in pairs for note in _remarks(*pair))
    yield _segment(*pairs[0])
    for (before, _), (segment, translation) in pairwise(pairs):
        yield _between(record.document.text[before.end : segment.start])
        yield _segment(segment, translation)
    yield "</unit>\n"


def _metadata(segment: Segment, translation: Translation) -> str:
    told: dict[str, str] = {"by": translation.by}
    if translation.score is not None:
        told["score"] = f"{translation.score:.4f}"
    metas = (
        f"<mda:meta{attributes(type=name)}>{words(value)}</mda:meta>"
        for name, value in told.items()
    )
    return f'<mda:metaGroup category="s{segment.index}">{"".join(metas)}</mda:metaGroup>\n'


def _remarks(segment: Segment, translation: Translation) -> Iterator[str]:
    """Notes name their segment: XLIFF has notes of units alone."""
    name = f"s{segment.index}"
    if segment.lang:
        text = words(f"{name}: in {segment.lang}")
        yield f'<note appliesTo="source" category="language">{text}</note>\n'
    for flag in translation.flags:
        known = attributes(
            appliesTo="target", category="flag", priority="3" if FLAGS[flag].note else "1"
        )
        detail = translation.details.get(flag) or FLAGS[flag].meaning
        yield f"<note{known}>{words(f'{name}: {shown(flag, detail)}')}</note>\n"


def _segment(segment: Segment, translation: Translation) -> str:
    attention = any(not FLAGS[flag].note for flag in translation.flags)
    about = attributes(
        id=f"s{segment.index}",
        state=_state(translation, attention),
        subState="khulasa:flagged" if attention else None,
    )
    source, target = words(segment.text), words(translation.text)
    return f"<segment{about}><source>{source}</source><target>{target}</target></segment>\n"


def _state(translation: Translation, attention: bool) -> str:
    if translation.by == "memory":
        return "reviewed"
    untranslated = not translation.text or (translation.by == "source" and attention)
    return "initial" if untranslated else "translated"


def _between(gap: str) -> str:
    """English sentences stand apart where those of the source do not."""
    return f"<ignorable><source>{words(gap)}</source><target> </target></ignorable>\n"
