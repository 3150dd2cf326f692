"""Indexes of jobs."""

from collections.abc import Iterable
from dataclasses import replace
from io import BytesIO

from pipeline.document import Record
from pipeline.render.index import writing
from tests.pipeline.render import readings
from tests.pipeline.render.records import record


def page(entries: Iterable[tuple[Record, str]]) -> str:
    """The index of these records and the paths of their pages."""
    out = BytesIO()
    with writing(out) as add:
        for one, href in entries:
            add(one, href)
    return out.getvalue().decode()


def ordinary() -> list[tuple[Record, str]]:
    """Trucks in Arabic with flags, and sixty notices in Russian without."""
    notices = [
        record([f"Мост {n} открыт."], [f"Bridge {n} is open."], lang="ru", name=f"bridge-{n}")
        for n in range(60)
    ]
    titled = [
        replace(one, document=replace(one.document, title=one.segments[0].text)) for one in notices
    ]
    entries = [(one, f"records/{one.document.id}.html") for one in titled]
    return [(readings.trucks(), "records/trucks.html"), *entries]


def hostile() -> list[tuple[Record, str]]:
    """What attacks from every place that holds words."""
    return [(readings.hostile(), "records/<script>'\"&.html")] * 3
