"""The title of a document in English."""

from pipeline.document import Record


def english_title(record: Record) -> str | None:
    """The translation of the title; None where the document does not begin with its title."""
    title, first = record.document.title, record.document.text.partition("\n")[0]
    if not title or first != title:
        return None
    pairs = zip(record.segments, record.translations, strict=True)
    return " ".join(made.text for segment, made in pairs if segment.paragraph == 0)
