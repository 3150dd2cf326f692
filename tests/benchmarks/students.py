"""Students: how good over FLORES-200 through the whole pipeline, and how fast in `khulasa batch`.

    python -m tests.benchmarks.students quality [FOLDER]
    python -m tests.benchmarks.students speed [FOLDER [COPIES]]

FOLDER, ../shared/data if not said, holds `mt/flores200-devtest` and, for speed, `opus-mt-ar-en`
with the true tokenizer and configuration of that model.

quality  The devtest from Portuguese, its sentences put together to the articles that they are of:
         BLEU and chrF of the pipeline, which cuts them itself, beside the library alone, given the
         gold sentences one by one. Both over the lines, which the pipeline's translations are
         joined to wherever both cuts agree, and over those joined lines.
speed    The same sentences COPIES times (8 if not said), each time without another word, so that
         none comes twice. A line each, with source words a second, sentences a second and the most
         memory that all processes together took:
             the library alone, a process a core, loading left out
             khulasa batch --engine student --summarizer extractive, from start to exit
             khulasa batch with CTranslate2, int8, beam 4 and beam 1, random weights in the shape
             of opus-mt-ar-en, on the same sentences in Arabic, each translated to its own length

Nothing else should run on the machine.
"""

import json
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from os import environ
from pathlib import Path
from time import perf_counter, sleep

from models import firefox, students
from models.engines.ct2 import available_cores
from models.engines.student import Worker
from models.model import Runtime
from pipeline.evaluation.align import Unit
from pipeline.evaluation.evaluate import evaluate
from pipeline.evaluation.references import Cases
from pipeline.evaluation.scores import translation
from pipeline.flow import Pipeline
from tests import factory
from tests.benchmarks import flores

ROOT = Path(__file__).parents[2]
FOLDER = ROOT.parent / "shared" / "data"
COPIES = 8
BEAMS = (4, 1)


def rows(folder: Path, lang: str) -> Iterator[dict[str, object]]:
    """The articles, with their sentences and the English of each."""
    texts = flores.sentences(folder)
    pairs = zip(*(flores.documents(folder, texts[one]) for one in (lang, "en")), strict=True)
    for number, (sentences, english) in enumerate(pairs):
        yield {
            "id": f"{number:03}",
            "lang": lang,
            "text": " ".join(sentences),
            "segments": sentences,
            "reference": english,
        }


def worker() -> Worker:
    """A process of the library, with the student from Portuguese."""
    here = students.locate("pt").folder
    return Worker(firefox.files(here), students.tokenizer(here), "student")


def quality(folder: Path) -> Iterator[str]:
    """The lines of the table."""
    given = list(rows(folder / "mt" / "flores200-devtest", "pt"))
    with tempfile.TemporaryDirectory() as name:
        source = Path(name) / "flores.jsonl"
        source.write_text("\n".join(map(json.dumps, given)), "utf-8")
        pipeline = Pipeline(summarizer="extractive", runtime=Runtime("student"))
        evaluation = evaluate(str(source), Cases(str(source)), pipeline)
    units = [unit for one in evaluation.documents for unit in one.units]
    sources = [line for one in given for line in _texts(one["segments"])]
    lines = [line for one in given for line in _texts(one["reference"])]
    hypotheses = worker().start().translate(sources)
    joined = list(_joined(units, sources, hypotheses))
    three = zip(sources, hypotheses, lines, strict=True)
    by_line = [Unit(1, source, made, line) for source, made, line in three]
    ends = evaluation.scores["segmentation"]
    yield f"{len(given)} articles, {len(lines)} sentences; sentence ends F1 {ends:.1f}"
    for told, some in {
        f"library, {len(by_line)} gold sentences": by_line,
        f"library, {len(joined)} joined lines": joined,
        f"pipeline, {len(units)} joined lines": units,
    }.items():
        found = translation(some)
        yield f"  {told:34} BLEU {found['bleu']:.2f}   chrF {found['chrf']:.2f}"
    flags = evaluation.documents
    again = sum(one.flags.names.get("decoded-again", 0) for one in flags)
    split = sum(one.flags.names.get("split", 0) for one in flags)
    yield f"  segments: {again} decoded again, {split} split"


def _texts(value: object) -> list[str]:
    assert isinstance(value, list)
    return value


def _joined(
    units: Sequence[Unit], sources: Sequence[str], hypotheses: Sequence[str]
) -> Iterator[Unit]:
    """The library's translations, joined as the pipeline's are."""
    at = 0
    for unit in units:
        part = slice(at, at + unit.lines)
        at += unit.lines
        said, made = (" ".join(some[part]) for some in (sources, hypotheses))
        yield Unit(unit.lines, said, made, unit.reference)


def corpus(folder: Path, lang: str, copies: int, path: Path) -> list[str]:
    """Write the articles to a file, and give their sentences, none of which comes twice."""
    texts = flores.sentences(folder)
    articles = flores.documents(folder, texts[lang])
    written: list[str] = []
    sentences: dict[str, None] = {}
    for copy in range(copies):
        for number, article in enumerate(articles):
            changed = [_without(one, copy) for one in article]
            sentences |= dict.fromkeys(changed)
            written.append(json.dumps({"id": f"{copy}-{number}", "text": " ".join(changed)}))
    path.write_text("\n".join(written), "utf-8")
    return list(sentences)


def _without(sentence: str, number: int) -> str:
    """The sentence without its word of this number, counted from the second; all of it for 0."""
    words = sentence.split()
    return " ".join(words[:number] + words[number + 1 :]) if 0 < number < len(words) else sentence


def raw(sentences: Sequence[str]) -> float:
    """Seconds of the library alone in as many processes as there are cores."""
    workers = [worker() for _ in range(available_cores())]
    processes = [one.start() for one in workers]
    order = sorted(sentences, key=len, reverse=True)
    parts = [order[number :: len(workers)] for number in range(len(workers))]
    with ThreadPoolExecutor(len(workers)) as threads:
        started = perf_counter()
        pairs = zip(processes, parts, strict=True)
        for done in [threads.submit(process.translate, part) for process, part in pairs]:
            done.result()
        return perf_counter() - started


def batch(home: Path, *arguments: str) -> tuple[float, float]:
    """Seconds of a whole command, and the megabytes that its processes took together at most."""
    started = perf_counter()
    process = subprocess.Popen(
        [sys.executable, *arguments, "--quiet", "--cache", str(home / f"{perf_counter()}.sqlite")],
        cwd=ROOT,
        env=environ | {"KHULASA_HOME": str(home)},
    )
    most = 0.0
    while process.poll() is None:
        most = max(most, sum(map(_megabytes, _family(process.pid))))
        sleep(0.1)
    assert process.returncode == 0
    return perf_counter() - started, most


def _family(process: int) -> Iterator[int]:
    yield process
    try:
        for thread in Path(f"/proc/{process}/task").iterdir():
            for child in (thread / "children").read_text().split():
                yield from _family(int(child))
    except OSError:  # it has just ended
        return


def _megabytes(process: int) -> float:
    """What a process takes, its share of what it shares (Linux)."""
    try:
        lines = Path(f"/proc/{process}/smaps_rollup").read_text().splitlines()
    except OSError:
        return 0.0
    return next((int(line.split()[1]) / 1024 for line in lines if line.startswith("Pss:")), 0.0)


def speed(folder: Path, copies: int) -> Iterator[str]:
    """The lines of the table."""
    devtest = folder / "mt" / "flores200-devtest"
    with tempfile.TemporaryDirectory() as name:
        here = Path(name)
        sentences = corpus(devtest, "pt", copies, here / "pt.jsonl")
        words = sum(len(one.split()) for one in sentences)
        yield f"Portuguese: {len(sentences)} sentences, {words} words"
        library = raw(sentences)
        yield _line("library alone", words, len(sentences), library)
        extract = ("--summarizer", "extractive")
        job = ("batch", str(here / "pt.jsonl"), str(here / "pt"), "--from", "pt", *extract)
        seconds, memory = batch(here, "-m", "pipeline", *job, "--engine", "student")
        yield _line("khulasa batch, student", words, len(sentences), seconds, memory)
        yield f"  khulasa / library {library / seconds:.3f}"
        arabic = corpus(devtest, "ar", copies, here / "ar.jsonl")
        count = sum(len(one.split()) for one in arabic)
        yield f"Arabic: {len(arabic)} sentences, {count} words"
        model = factory.full_size("opus-mt-ar-en", here / "model", folder / "opus-mt-ar-en")
        run = (*extract, "--translator", str(model), "--no-self-test", "--from", "ar")
        (here / "one.jsonl").write_text(json.dumps({"text": "سلام."}), "utf-8")
        mirror = ("-m", "tests.benchmarks.mirror", str(here / "log"), "batch")
        batch(here, *mirror, str(here / "one.jsonl"), str(here / "one"), *run)
        for beam in BEAMS:
            search = (*run, "--beam", str(beam))
            slow, memory = batch(
                here, *mirror, str(here / "ar.jsonl"), str(here / f"ar-{beam}"), *search
            )
            yield _line(f"khulasa batch, base, beam {beam}", count, len(arabic), slow, memory)
            times = slow / len(arabic) / (seconds / len(sentences))
            yield f"  student / base, sentences a second {times:.1f}"


def _line(told: str, words: int, sentences: int, seconds: float, memory: float = 0.0) -> str:
    taken = f"{memory:7.0f} MB" if memory else ""
    rates = f"{words / seconds:8.0f} words/s {sentences / seconds:8.1f} sentences/s"
    return f"  {told:28}{rates} {seconds:7.1f} s{taken}"


def main(arguments: list[str]) -> int:
    """Measure, print."""
    what, *rest = arguments or [""]
    folder = Path(rest[0]) if rest else FOLDER
    if what not in ("quality", "speed") or not (folder / "mt" / "flores200-devtest").is_dir():
        print(__doc__, file=sys.stderr)
        return 2
    copies = int(rest[1]) if rest[1:] else COPIES
    for line in quality(folder) if what == "quality" else speed(folder, copies):
        print(line, flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
