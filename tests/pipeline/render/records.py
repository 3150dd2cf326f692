"""Records to be rendered."""

from pipeline.document import (
    Document,
    Record,
    Segment,
    StageReport,
    Summary,
    SummarySentence,
    Translation,
)

REPORT = StageReport("translate:v1|model:a/b@1|beam:4", cached=False, seconds=1.25)


def record(
    sources: list[str],
    targets: list[str],
    summary: tuple[SummarySentence, ...] = (),
    lang: str = "ar",
    title: str = "",
    name: str = "news",
    flags: tuple[tuple[str, ...], ...] = (),
) -> Record:
    """One paragraph a source text; `flags` are those of the first translations."""
    segments, start = [], 0
    for index, source in enumerate(sources):
        segments.append(Segment(index, index, start, start + len(source), source))
        start += len(source) + 1
    all_flags = (*flags, *[()] * (len(targets) - len(flags)))
    return Record(
        Document(name, lang, title, "\n".join(sources)),
        tuple(segments),
        tuple(Translation(t, -0.5, f) for t, f in zip(targets, all_flags, strict=True)),
        Summary(summary),
        (),
        {"translate": REPORT, "summarize": StageReport("summarize:v1|model:c/d@2", True, 0.0)},
    )
