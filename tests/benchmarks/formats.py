"""A folder of mixed real formats: what of its words is read, what refused, at what cost.

    python -m tests.benchmarks.formats FOLDER [ARTICLES [FLORES]]

FOLDER is made if absent, with LibreOffice, pandoc, Chromium and Python's libraries, from the
project's seeds and, where given, from ARTICLES, lines of JSON with "title" and "text", and from a
folder of FLORES-200. Three tables follow: what readers make of the good files, a process for each
row; of each hostile one, a process for each; and what `khulasa batch` makes of them all with the
bundled models, which know Arabic alone.

`words` is the share of an article's words that its document has, `more` the share of the
document's words that the article does not have.
"""

import json
import multiprocessing
import os
import re
import resource
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import chain
from pathlib import Path
from typing import Any

from tests.benchmarks import large
from tests.benchmarks.articles import Supply, words
from tests.benchmarks.folder import FILES, MANIFEST, Made, load, make

SLOWEST = 10.0  # seconds of the processor that a file may take
LIMIT = 30  # seconds of the processor after which a process is ended
LARGEST = 512.0  # MB; the text of 64 MB and what it is made of, beside what Python needs
SPARED = ("png", "rtf", "bin")  # of no known kind: never read


@dataclass(slots=True)
class Taken:
    """What became of some files: documents and refusals by file, seconds, peak MB."""

    texts: dict[str, list[str]] = field(default_factory=dict)
    refused: dict[str, list[str]] = field(default_factory=dict)
    seconds: float = 0.0
    slowest: float = 0.0
    peak: float = 0.0


def take(files: Path, names: Sequence[str]) -> Taken:
    """Read the files in a process of their own; one that dies has said nothing."""
    context = multiprocessing.get_context("spawn")
    ours, theirs = context.Pipe(duplex=False)
    process = context.Process(target=_take, args=(theirs, files, names))
    process.start()
    theirs.close()
    try:
        taken = ours.recv()
    except EOFError:
        taken = None
    process.join()
    code = process.exitcode
    why = f"HUNG for {LIMIT} s" if code == -signal.SIGXCPU else f"CRASHED with {code}"
    return taken if isinstance(taken, Taken) else Taken(refused={name: [why] for name in names})


def _take(channel: Any, files: Path, names: Sequence[str]) -> None:
    from pipeline.corpus import Corpus
    from pipeline.document import Failure
    from pipeline.readers.content import Unreadable

    limit = LIMIT + len(names)
    resource.setrlimit(resource.RLIMIT_CPU, (limit, limit))
    taken, started = Taken(), sum(os.times()[:4])
    for name in names:
        before = sum(os.times()[:4])
        texts, refused = taken.texts.setdefault(name, []), taken.refused.setdefault(name, [])
        try:
            for entry in Corpus([str(files / name)], "ar"):
                one = entry.outcome
                (refused.append(one.reason) if isinstance(one, Failure) else texts.append(one.text))
        except Unreadable as error:
            refused.append(error.reason)
        except Exception as error:  # noqa: BLE001  that is what is looked for
            refused.append(f"FAULT {type(error).__name__}: {error}")
        taken.slowest = max(taken.slowest, sum(os.times()[:4]) - before)
    taken.seconds = sum(os.times()[:4]) - started
    taken.peak = peak()
    channel.send(taken)


def peak() -> float:
    """The peak of this process in MB, for ru_maxrss has that of its parent in it; or of a child."""
    status = Path("/proc/self/status").read_text("utf-8")
    own = int(re.search(r"VmHWM:\s+(\d+)", status)[1])  # type: ignore[index]
    return max(own, resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss) / 1024


def good(files: Path, made: Sequence[Made]) -> Iterator[str]:
    """A row for each format and tool, and below it what is missing."""
    groups: dict[tuple[str, str], list[Made]] = {}
    for one in made:
        if one.texts and not one.either and _suffix(one) not in SPARED:
            groups.setdefault((_suffix(one), one.tool), []).append(one)
    yield (
        f"{'format':11}{'made by':27}{'files':>6}{'docs':>6}{'refused':>8}"
        f"{'words':>9}{'more':>7}{'s/file':>8}{'MB':>6}"
    )
    for (suffix, tool), several in sorted(groups.items()):
        taken = take(files, [one.name for one in several])
        known, missing, more = Counter[str](), Counter[str](), Counter[str]()
        for one in several:
            has, wanted = words("\n".join(taken.texts.get(one.name, []))), words(_all(one))
            known, missing, more = known + wanted, missing + (wanted - has), more + (has - wanted)
        share, extra = 1 - missing.total() / known.total(), more.total() / known.total()
        documents = sum(map(len, taken.texts.values()))
        refused = [reason for reasons in taken.refused.values() for reason in reasons]
        yield (
            f"{suffix:11}{tool:27}{len(several):6}{documents:6}{len(refused):8}"
            f"{share:9.2%}{extra:7.2%}{taken.seconds / len(several):8.2f}{taken.peak:6.0f}"
        )
        yield from _remarks(several, taken, missing, more, refused)


def _remarks(
    several: Sequence[Made],
    taken: Taken,
    missing: Counter[str],
    more: Counter[str],
    refused: Sequence[str],
) -> Iterator[str]:
    for title, found in (("missing", missing), ("more", more), ("refused", Counter(refused))):
        if found:
            shown = ", ".join(f"{word} {n}" for word, n in found.most_common(8))
            yield f"    {title} ({found.total()}): {shown}"
    wanted = sum(len(one.texts) for one in several)
    if wanted != sum(map(len, taken.texts.values())) and _suffix(several[0]) != "epub":
        yield f"    documents expected: {wanted}"
    for one in several:
        seen = [word for word in one.absent if word in "\n".join(taken.texts.get(one.name, []))]
        if seen:
            yield f"    {one.name} shows {', '.join(seen)}"


def hostile(files: Path, made: Sequence[Made]) -> Iterator[str]:
    """A row for each file that is hostile or broken; WRONG where it is not met as it must be."""
    yield f"{'file':24}{'what it is':28}{'docs':>5}{'s':>6}{'MB':>6}  refused with"
    bad = [one for one in made if (not one.texts or one.either) and _suffix(one) not in SPARED]
    for one in chain(bad, large.each(files)):
        taken = take(files, [one.name])
        texts, reasons = taken.texts.get(one.name, []), taken.refused[one.name]
        wrong = _wrong(one, texts, reasons) or _costly(taken)
        shown = "; ".join(dict.fromkeys(reasons)) or "read"
        yield (
            f"{one.name:24}{one.tool:28}{len(texts):5}{taken.seconds:6.1f}{taken.peak:6.0f}"
            f"  {shown[:160]}{f'  WRONG: {wrong}' if wrong else ''}"
        )


def _costly(taken: Taken) -> str:
    return "slow" if taken.seconds > SLOWEST else "large" if taken.peak > LARGEST else ""


def _wrong(one: Made, texts: Sequence[str], reasons: Sequence[str]) -> str:
    if any(reason.startswith(("FAULT", "CRASHED")) for reason in reasons):
        return "a fault"
    if not one.either and texts:
        return "read"
    shown = [word for word in one.absent if word in "\n".join(texts)]
    return f"shows {', '.join(shown)}" if shown else ""


def _suffix(one: Made) -> str:
    return one.name.partition(".")[2]


def _all(one: Made) -> str:
    return "\n".join(one.texts)


def batch(folder: Path, made: Sequence[Made]) -> Iterator[str]:
    """`khulasa batch` over the whole folder: what is done, what failed and why."""
    with tempfile.TemporaryDirectory() as name:
        out = Path(name) / "out"
        options = ["--models", "tiny", "--beam", "1", "--cache", f"{name}/cache.sqlite"]
        command = [sys.executable, "-m", "pipeline", "batch", str(folder / FILES), str(out)]
        started = time.perf_counter()
        home = os.environ | {"KHULASA_HOME": f"{name}/home"}
        process = subprocess.Popen(
            [*command, *options, "--quiet"], env=home, stderr=subprocess.DEVNULL
        )
        _, status, used = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        seconds = time.perf_counter() - started
        report = json.loads((out / "report.json").read_text("utf-8"))
        records = [json.loads(line) for line in (out / "records.jsonl").open(encoding="utf-8")]
    yield (
        f"khulasa batch: {len(made)} files, exit code {process.returncode}, {seconds:.0f} s, peak"
        f" {used.ru_maxrss / 1024:.0f} MB; documents: {report['documents']}"
    )
    yield from _batch_words(made, records)
    for reason, count in report["reasons"].items():
        yield f"{count:6}  {reason}"


def _batch_words(made: Sequence[Made], records: Sequence[dict[str, Any]]) -> Iterator[str]:
    """The words of good files of one document that stand in the segments of their records."""
    found: dict[str, Counter[str]] = {}
    for record in records:
        sources = "\n".join(segment["source"] for segment in record["segments"])
        place = found.setdefault(Path(record["source"]["path"]).name, Counter())
        place.update(words(sources))
    total = missing = 0
    for one in made:
        if len(one.texts) == 1 and not one.either and one.name in found:
            wanted = words(_all(one))
            total, missing = total + wanted.total(), missing + (wanted - found[one.name]).total()
    share = 1 - missing / max(total, 1)
    yield f"of the {total:,} words of good files with a record, {share:.2%} stand in segments"


def main(arguments: list[str]) -> int:
    """Make the folder if it is not there; read, work, print."""
    paths = [Path(one) for one in arguments]
    if not 1 <= len(paths) <= 3:
        print(__doc__, file=sys.stderr)
        return 2
    folder = paths[0]
    if not (folder / MANIFEST).exists():
        make(folder, Supply(*[*paths[1:], None, None][:2]))
    made = load(folder)
    print(f"{len(made)} files", flush=True)
    for several in (good(folder / FILES, made), hostile(folder / FILES, made), batch(folder, made)):
        for line in several:
            print(line, flush=True)
        print()
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
