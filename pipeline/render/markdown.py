"""Markdown: the summary over the sentences that support it, a table of source and English."""

import re
from typing import TextIO

from pipeline.document import Record, SummarySentence, Translation
from pipeline.flags import FLAGS, shown

_SPECIAL = re.compile(r"([\\`*_\[\]<>|~&$#]|^[+\-=])")
_LIST_NUMBER = re.compile(r"^(\d{1,9})([.)])")


def render(record: Record, out: TextIO) -> None:
    """Write one document. Whatever the document holds, it is text here: every mark is escaped."""
    out.write(f"# {_escape(record.document.title or record.document.id)}\n\n")
    if record.summary.flags:
        out.write(f"Summary: {_escape('; '.join(map(shown, record.summary.flags)))}\n\n")
    for sentence in record.summary.sentences:
        out.write(f"{_escape(sentence.text)} {_marks(sentence)}".rstrip() + "\n\n")
        sources = ((index + 1, record.segments[index].text) for index in sentence.supports)
        quoted = (f"> \\[{number}\\] {_escape(text)}\n" for number, text in sources)
        out.write(">\n".join(quoted) + "\n")
    out.write(f"\n| | {record.document.lang} | en | |\n|---|---|---|---|\n")
    for segment, translation in zip(record.segments, record.translations, strict=True):
        cells = (*map(_escape, (segment.text, translation.text)), _marks(translation))
        out.write(f"| {segment.index + 1} | {' | '.join(cells)} |\n")
    for flag in record.all_flags:
        out.write(f"\n- {_escape(flag)}: {FLAGS[flag].meaning}")
    signatures = (f"\n- `{report.signature}`" for report in record.stages.values())
    out.write("".join(["\n", *signatures, "\n\n"]))


def _marks(one: Translation | SummarySentence) -> str:
    return _escape("; ".join(shown(flag, one.details.get(flag, "")) for flag in one.flags))


def _escape(text: str) -> str:
    """One line of plain words; a number at the start of a line would begin a list."""
    return _LIST_NUMBER.sub(r"\1\\\2", _SPECIAL.sub(r"\\\1", " ".join(text.split())))
