"""A table for data tools in Parquet, a document a row; `render.parquet` has its segments."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, BinaryIO

from pipeline.document import Record, SummarySentence
from pipeline.harmless import whole
from pipeline.render import Write
from pipeline.render.parquet import Row, rows_to
from pipeline.render.reading import english_title


@contextmanager
def writing(out: BinaryIO) -> Iterator[Write]:
    """Write what is known of each document. Raises KhulasaError where pyarrow is not installed."""
    with rows_to(out, _schema) as write_rows:
        yield lambda record: write_rows([_row(record)])


def _schema() -> Any:
    from pyarrow import field, float64, int32, int64, list_, map_, schema, string, struct

    sentence = struct(
        [
            ("text", string()),
            ("supports", list_(int32())),
            ("flags", list_(string())),
            ("details", map_(string(), string())),
        ]
    )
    return schema(
        [
            field("id", string(), nullable=False),
            field("path", string()),
            field("line", int64()),
            field("time", string()),
            field("url", string()),
            field("lang", string(), nullable=False),
            field("lang_score", float64()),
            field("title", string(), nullable=False),
            field("title_en", string()),
            field("text", string(), nullable=False),
            field("text_en", string(), nullable=False),
            field("summary", string(), nullable=False),
            field("summary_sentences", list_(sentence), nullable=False),
            field("flags", list_(string()), nullable=False),
            field("segments", int32(), nullable=False),
            field("signatures", map_(string(), string()), nullable=False),
        ]
    )


def _row(record: Record) -> Row:
    """`flags` are all that were raised over the document and its parts."""
    document = record.document
    return {
        "id": whole(document.id),
        "path": _known(document.path),
        "line": document.line,
        "time": _known(document.time),
        "url": _known(document.url),
        "lang": document.lang,
        "lang_score": document.lang_score,
        "title": whole(document.title),
        "title_en": whole(english_title(record)) or None,
        "text": whole(document.text),
        "text_en": whole(_english(record)),
        "summary": whole(record.summary.text),
        "summary_sentences": [_sentence(one) for one in record.summary.sentences],
        "flags": list(record.all_flags),
        "segments": len(record.segments),
        "signatures": [(name, report.signature) for name, report in record.stages.items()],
    }


def _english(record: Record) -> str:
    """The translations, a line a paragraph."""
    lines: dict[int, list[str]] = {}
    for segment, translation in zip(record.segments, record.translations, strict=True):
        lines.setdefault(segment.paragraph, []).append(translation.text)
    return "\n".join(" ".join(line) for line in lines.values())


def _known(text: str | None) -> str | None:
    return None if text is None else whole(text)


def _sentence(sentence: SummarySentence) -> Row:
    return {
        "text": whole(sentence.text),
        "supports": list(sentence.supports),
        "flags": list(sentence.flags),
        "details": [(name, whole(detail)) for name, detail in sentence.details.items()],
    }
