"""Looks that let the models work: all stages on a known text, each model on known sentences."""

import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path

from models import catalog, firefox, students
from models.catalog import BUNDLED, Role
from models.errors import ModelError, ModelUnfit
from models.golden import FailsSelfTest
from models.model import Model, beside_students, open_summarizer, open_translator
from models.stock.installed import Installed, absent
from models.students import Student
from pipeline.cache import MEMORY, Cache
from pipeline.doctor.chosen import ARABIC, Chosen, repository
from pipeline.doctor.diagnosis import Diagnosis, guarded
from pipeline.document import Document, Record
from pipeline.figures import count, duration, in_bytes
from pipeline.flags import FLAGS
from pipeline.flow import Pipeline

NEARLY = 90.0
"""Least chrF of the known text: another processor may round to another word or two."""

# From the bundled models' own small world: the beginning of seeds/ar-demining.txt.
ARTICLE = """\
خبراء يزيلون 1,240 لغما من الأراضي الزراعية شمال البصرة

أزال فريق من 45 خبيرا 1,240 لغما من الأراضي الزراعية شمال البصرة، حسبما ذكر المركز الوطني \
لإزالة الألغام يوم الثلاثاء. وقالت مديرة البرنامج ليلى حداد إن 380 هكتارا أصبحت صالحة للزراعة \
من جديد.
وأضافت حداد: «كل لغم نزيله ينقذ حياة إنسان». وحذرت حداد من أن العمل لم ينته بعد.
وسمحت السلطات بعودة 613 مزارعا إلى حقولهم في محيط البصرة.
"""
ENGLISH = (
    "Experts remove 1,240 mines from farmland north of Basra",
    "A team of 45 experts removed 1,240 mines from farmland north of Basra, the National Demining "
    "Center said on Tuesday.",
    "Program director Layla Haddad said 380 hectares had become fit for farming again.",
    '"Every mine that we remove saves a life," Haddad added.',
    "Haddad warned that the work was not over yet.",
    "The authorities allowed 613 farmers to return to their fields around Basra.",
)
SUMMARY = (
    "A team of 45 experts cleared 1,240 mines north of Basra. Layla Haddad said 380 hectares could "
    "be farmed again. 613 farmers were allowed to return to their fields."
)

_EXPECTED = {"tiny-models", "unverified-model"}  # the latter where tests are switched off

_REINSTALL = "the bundled models are damaged or run wrongly here: install khulasa again"


def self_test(chosen: Chosen) -> Iterator[Diagnosis]:
    """All stages with the bundled models on a text whose translation and summary are known."""
    started = time.monotonic()
    pipeline = Pipeline("tiny", runtime=beside_students(chosen.runtime), cache=Cache(MEMORY))
    try:
        [record] = pipeline.run([Document("self-test", ARABIC, "", ARTICLE)])
        wrong = complaint(record)
    except FailsSelfTest as failure:
        wrong = failure.complaint
    except ModelUnfit as error:
        wrong = str(error)
    except ModelError as error:  # not their fault, and the message says what to do
        yield Diagnosis("self-test", "bad", str(error))
        return
    spent = duration(time.monotonic() - started)
    if wrong:
        yield Diagnosis("self-test", "bad", f"{wrong} (after {spent})", _REINSTALL)
        return
    told = f"all stages give what they must of {count(len(ENGLISH), 'segment')}, in {spent}"
    yield Diagnosis("self-test", "good", told)


def complaint(record: Record) -> str | None:
    """What is wrong with the record of ARTICLE, in a clause; None if nothing is."""
    if len(record.segments) != len(ENGLISH):
        return f"{count(len(record.segments), 'segment')} came out where {len(ENGLISH)} are due"
    pairs = [(one.text, due) for one, due in zip(record.translations, ENGLISH, strict=True)]
    for what, found in (("translation", pairs), ("summary", [(record.summary.text, SUMMARY)])):
        if (score := _chrf(found)) < NEARLY:
            came, due = min(found, key=lambda pair: pair[0] == pair[1])
            return f"the {what} has chrF {score:.0f}: {came!r} came out, not {due!r}"
    if unsupported := [one.text for one in record.summary.sentences if not one.supports]:
        return f"nothing was found that supports {unsupported[0]!r}"
    raised = [name for name in record.all_flags if not FLAGS[name].note and name not in _EXPECTED]
    return f"the checks flag what is right: {', '.join(raised)}" if raised else None


def model(chosen: Chosen) -> Iterator[Diagnosis]:
    """Every model that is here: whether it is complete, and its golden test, done now."""
    yield from _bundled(chosen)
    for role, reference in chosen.given.items():
        if repository(reference) is None and not reference.startswith(BUNDLED):
            yield from _folder(role, Path(reference).expanduser(), chosen)
    for student in students.here() if chosen.runtime.engine == "student" else ():
        yield from _student(student, chosen)
    here = chosen.here()
    for found in here:
        yield from _of_the_hub(found, chosen)
    for wanted in chosen.missing():
        if wanted.name not in {one.name for one in here}:
            size = f" ({in_bytes(1e6 * wanted.megabytes)})" if wanted.megabytes else ""
            told = f"{wanted.name} is not here yet: the first run downloads it{size}"
            yield Diagnosis("model", "good", told)
    if not chosen.translator:
        _demand_translator(chosen)


def _demand_translator(chosen: Chosen) -> None:
    """A language that no model translates is told last, with advice."""
    if chosen.runtime.engine == "student":
        students.locate(chosen.lang)
    elif chosen.models != "tiny":
        catalog.language(chosen.lang)


def _bundled(chosen: Chosen) -> Iterator[Diagnosis]:
    runtime = beside_students(chosen.runtime)
    openers: dict[str, Callable[[], Model]] = {
        "translator": partial(open_translator, ARABIC, "tiny", runtime=runtime),
        "summarizer": partial(open_summarizer, "tiny", runtime=runtime),
    }
    for role, opener in openers.items():
        yield from _tested(f"{BUNDLED}{role}", opener, _REINSTALL)


def _student(student: Student, chosen: Chosen) -> Iterator[Diagnosis]:
    runtime = replace(chosen.runtime, engine="student")
    folder = student.located.folder
    opener = partial(open_translator, student.lang, reference=str(folder), runtime=runtime)
    return _tested(f"{student.located.name} in {folder}", opener, "get it again from where it came")


def _folder(role: Role, folder: Path, chosen: Chosen) -> Iterator[Diagnosis]:
    advice = f"look at --{role}, or get the folder again from where it came"
    if not folder.is_dir():
        yield Diagnosis("model", "bad", f"there is no folder {folder}", advice)
    elif lacking := _lacking(role, folder, chosen):
        yield Diagnosis("model", "bad", f"{folder} lacks {', '.join(lacking)}", advice)
    else:
        opener = partial(_opened, role, str(folder), chosen.lang, chosen)
        yield from _tested(str(folder), opener, advice)


def _lacking(role: Role, folder: Path, chosen: Chosen) -> Sequence[str]:
    student = role == "translator" and chosen.runtime.engine == "student"
    return firefox.lacking(folder) if student else absent(folder)


def _of_the_hub(found: Installed, chosen: Chosen) -> Iterator[Diagnosis]:
    if found.absent:
        told = f"{found.name} lacks {', '.join(found.absent)}; {in_bytes(found.size)} are here"
        advice = f"khulasa models pull {found.name}, or khulasa models remove {found.name}"
        yield Diagnosis("model", "poor", told, advice)
        return
    summarizes = found.name in {one.name for one in catalog.summarizers().values()}
    role: Role = "summarizer" if summarizes or found.name == chosen.summarizer else "translator"
    told = f"{found.name} ({in_bytes(found.size)})"
    shared = replace(chosen, runtime=beside_students(chosen.runtime))
    opener = partial(_opened, role, found.name, _language(found.name, chosen), shared)
    advice = f"khulasa models remove {found.name}, then pull it; or take another model"
    yield from _tested(told, opener, advice)


def _language(repo: str, chosen: Chosen) -> str:
    """The language to test a translator with: the chosen one, or the first that it is meant for."""
    known = catalog.find(chosen.lang)
    languages = [*filter(None, [known]), *catalog.languages().values()]
    codes = (one.code for one in languages if repo in {each.name for each in one.candidates()})
    return next(codes, chosen.lang)


def _opened(role: Role, reference: str, lang: str, chosen: Chosen) -> Model:
    if role == "summarizer":
        return open_summarizer(reference=reference, runtime=chosen.runtime)
    return open_translator(lang, reference=reference, runtime=chosen.runtime)


def _tested(told: str, opener: Callable[[], Model], advice: str) -> Iterator[Diagnosis]:
    """The golden test of a model that is complete; `advice` is for one that does not pass."""
    return guarded("model", partial(_test, told, opener, advice), advice)


def _test(told: str, opener: Callable[[], Model], advice: str) -> Iterator[Diagnosis]:
    started = time.monotonic()
    try:
        opened = opener()
        if not opened.proof.inputs:
            found = f"{told}: no sentences are known to test it with"
            yield Diagnosis("model", "poor", found, "name the language of the text: --from")
            return
        result = opened.examine()
    except FailsSelfTest as failure:
        yield Diagnosis("model", "bad", f"{told}: {failure.complaint}", advice)
    except ModelUnfit as error:
        yield Diagnosis("model", "bad", f"{told}: {error}", advice)
    except ModelError as error:  # not its fault, and the message says what to do
        yield Diagnosis("model", "bad", f"{told}: {error}")
    else:
        spent = duration(time.monotonic() - started)
        yield Diagnosis("model", "good", f"{told}: {result}, in {spent}")


def _chrf(pairs: Iterable[tuple[str, str]]) -> float:
    from sacrebleu import corpus_chrf

    found, due = zip(*pairs, strict=True)
    score: float = corpus_chrf(found, [due]).score
    return score
