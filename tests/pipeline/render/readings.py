"""Records to be read as pages, and the pages of them."""

from collections.abc import Iterable
from dataclasses import replace
from io import BytesIO

from pipeline.document import (
    Again,
    Block,
    Cue,
    Document,
    Record,
    Segment,
    StageReport,
    Summary,
    SummarySentence,
    Translation,
)
from pipeline.render import opened
from tests.pipeline.render.pages import HOSTILE
from tests.pipeline.render.records import record

STAGES = {"translate": StageReport("translate:v1|model:a/b@1|beam:4", cached=False, seconds=1.25)}
TITLE = ("شاحنات تنقل 1,240 خيمة", "Trucks carry 1,240 tents")
LINES = (
    (*TITLE, Block("heading", 1)),
    ("وصلت الشاحنات إلى الْمُخَيَّم يوم الثلاثاء.", "The trucks reached the camp on Tuesday.", Block()),
    ("ماذا حملت؟", "What did they carry?", Block("heading", 2)),
    ("خيام", "Tents", Block("item", 1)),
    ("أدوية", "Medicine", Block("item", 2)),
    ("السنة", "Year", Block("cell")),
    ("2026", "2026", Block("cell")),
    ("شكرا لكم.", "Thank you.", Block("cue")),
)


def page(*records: Record) -> str:
    """The page of these records."""
    out = BytesIO()
    with opened("html", out) as write:
        for one in records:
            write(one)
    return out.getvalue().decode()


def lines(
    given: Iterable[tuple[str, str, Block]], lang: str = "ar", name: str = "trucks"
) -> Record:
    """A line a segment, of the kinds that are given; the first is the title."""
    given = tuple(given)
    plain = record([line[0] for line in given], [line[1] for line in given], lang=lang, name=name)
    blocks = tuple(block for *_, block in given)
    document = replace(plain.document, title=given[0][0], blocks=blocks, time="2026-11-20")
    return replace(plain, document=document, stages=STAGES)


def trucks() -> Record:
    """Lines of every kind, marks of every kind, and two sentences of a summary."""
    plain = lines(LINES)
    cue = plain.segments[7]
    document = replace(
        plain.document,
        url="https://example.org/ar?id=4",
        path="in/trucks.html",
        lang_score=0.97,
        cues=(Cue(62, 64.5, cue.start, cue.end),),
    )
    translations = list(plain.translations)
    translations[0] = replace(
        translations[0], flags=("number-changed",), details={"number-changed": "1,240 → 1,420"}
    )
    translations[1] = replace(translations[1], by="memory", flags=("quotes",))
    translations[3] = replace(
        translations[3],
        flags=("decoded-again",),
        again=Again(("loop",), ("no-repeat", "beam"), "beam"),
    )
    translations[6] = replace(translations[6], by="source", flags=("untranslated",))
    summary = Summary(
        (
            SummarySentence("Trucks carried 1,240 tents to a camp.", (0, 1)),
            SummarySentence("They said thanks.", (7,), ("weak-support",)),
            SummarySentence("Nobody knows.", ()),
        )
    )
    return replace(
        plain,
        document=document,
        translations=tuple(translations),
        summary=summary,
        flags=("unsure-language", "attachments"),
    )


def long(segments: int) -> Record:
    """As many segments, of one paragraph in three; each third of a hundred is flagged.

    The sentences of the summary rest on the first and the last segments, and on one in the middle.
    """
    sources = [f"قال المتحدث رقم {n} إن الجسر سيفتح قريبا أمام السيارات." for n in range(segments)]
    targets = [f"Speaker {n} said the bridge would soon open for cars." for n in range(segments)]
    flags = tuple(("number-missing",) if n % 100 == 3 else () for n in range(segments))
    claims = (
        SummarySentence("The first and the last spoke.", (0, segments - 1)),
        SummarySentence("So did one in the middle.", (segments // 2,)),
    )
    plain = record(sources, targets, claims, title="جسر", name="long", flags=flags)
    shared = tuple(replace(one, paragraph=one.index // 3) for one in plain.segments)
    return replace(plain, segments=shared)


def hostile() -> Record:
    """Every string that comes from outside is an attack."""
    attacked = Translation(
        HOSTILE,
        -1.0,
        (HOSTILE, "loop", "decoded-again"),
        {"loop": HOSTILE},
        Again((HOSTILE,), (HOSTILE,), HOSTILE),
    )
    segment = Segment(0, 0, 0, len(HOSTILE), HOSTILE, lang=HOSTILE)
    second = Segment(1, 1, 0, len(HOSTILE), HOSTILE)
    return Record(
        Document(
            HOSTILE,
            HOSTILE,
            HOSTILE,
            HOSTILE,
            path=HOSTILE,
            lang_score=0.5,
            line=3,
            time=HOSTILE,
            url="javascript:alert(1)//" + HOSTILE,
            blocks=(Block("item", 99), Block("cell")),
        ),
        (segment, second),
        (attacked, Translation(HOSTILE, by="source")),
        Summary((SummarySentence(HOSTILE, (0, 1), (HOSTILE,), {HOSTILE: HOSTILE}),), (HOSTILE,)),
        (HOSTILE, "loop"),
        {HOSTILE: StageReport(f"x|model:{HOSTILE}|{HOSTILE}", cached=False, seconds=1.0)},
    )
