"""Do the engines say the same, for every kind of model, and what does a conversion cost?

    python -m tests.benchmarks.parity DATA [KIND…]
    python -m tests.benchmarks.parity DATA faults KIND…

DATA is the folder of public data: true tokenizer files of opus-mt-ar-en and distilbart-cnn-6-6,
FLORES and articles; for T5 and Pegasus, of which there are none, small tokenizers are trained.
KIND is one of factory.Kind, made with random weights, or `translator` or `summarizer`, which are
bundled and have learned something; all if none is said. Pegasus has 4 + 4 layers, not 16 + 16.

The first table has for each kind and precision the share of outputs that are the same tokens as
those of torch in float32, with greedy search and with the model's own beam; seconds of a
conversion, of its check alone, peak memory of the process that converted, bytes before and after;
and how far apart the check found the two. The second has how far apart it finds them with a fault.
"""

import json
import subprocess
import sys
import tempfile
import time
from dataclasses import replace
from pathlib import Path
from typing import Any, get_args

import pytest

from models import config, tokens
from models.conversion import convert, parity
from models.engines import ct2, pytorch
from models.engines.engine import Hypothesis
from models.stock.installed import size
from models.store.fingerprint import weights_file
from tests import factory
from tests.models.conversion import test_parity

TINY = Path(__file__).parents[2] / "models" / "tiny"
BUNDLED = ("translator", "summarizer")
LAYERS = 4  # of Pegasus
SENTENCES, ARTICLES, WORDS = 24, 8, 120
LONGEST = 24  # tokens of an output: random weights seldom end by themselves


def make(kind: str, data: Path, folder: Path) -> Path:
    """The folder of a model, made if it is not bundled."""
    if kind in BUNDLED:
        return TINY / kind
    if kind == "t5-small":
        return factory.full_size("t5-small", folder, factory.t5(folder.with_name("t5")))
    if kind == "pegasus-cnn_dailymail":
        small = factory.pegasus(folder.with_name("pegasus"))
        return factory.full_size("pegasus-cnn_dailymail", folder, small, layers=LAYERS)
    files = data / ("distilbart-cnn-6-6" if kind.startswith("distil") else "opus-mt-ar-en")
    return factory.full_size(_public(kind), folder, files)


def _public(kind: str) -> factory.Kind:
    return next(known for known in get_args(factory.Kind) if known == kind)


def texts(kind: str, folder: Path, data: Path) -> list[str]:
    """Arabic sentences, or the beginnings of English articles; events of their own for bundled."""
    if kind in BUNDLED:
        from models.tiny import examples

        told = examples.events(examples.TEST, 25)
        pairs = [examples.summary_pair(event) for event in told]
        return [
            one.source
            for one in (examples.translation_pairs(told) if kind == "translator" else pairs)
        ]
    if config.read(folder).kind == "marian":
        lines = (data / "mt" / "flores200-devtest" / "arb_Arab.devtest").read_text("utf-8")
        return lines.split("\n")[:SENTENCES]
    rows = json.loads((data / "summ" / "writer_summaries.json").read_text("utf-8"))
    articles = dict.fromkeys(row["article"] for row in rows)
    return [" ".join(article.split()[:WORDS]) for article in list(articles)[:ARTICLES]]


def agreement(some: list[Hypothesis], others: list[Hypothesis]) -> str:
    """The share of outputs of the same tokens."""
    same = [one.tokens == other.tokens for one, other in zip(some, others, strict=True)]
    return f"{sum(same) / len(same):.0%}"


def convert_and_tell(folder: Path, target: Path, compute: str) -> None:
    """What a process of its own does: convert, and print seconds, seconds of check, bytes."""
    real, checked = parity.check, [0.0]

    def timed(*arguments: Any) -> None:
        started = time.perf_counter()
        real(*arguments)
        checked.append(time.perf_counter() - started)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(parity, "check", timed)
        started = time.perf_counter()
        convert.convert(folder, target, compute)
        whole = time.perf_counter() - started
    lines = Path("/proc/self/status").read_text("ascii").splitlines()
    peak = next(int(line.split()[1]) for line in lines if line.startswith("VmHWM"))  # since exec
    print(json.dumps([whole, sum(checked), peak * 1024]))


def converted(folder: Path, target: Path, compute: str) -> list[float]:
    """Convert in a process of its own; what that told."""
    command = [sys.executable, "-m", __spec__.name, "convert", str(folder), str(target), compute]
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    told: list[float] = json.loads(done.stdout.splitlines()[-1])
    return told


def compare(kind: str, data: Path) -> None:
    """Print the lines of one kind."""
    with tempfile.TemporaryDirectory() as name:
        folder = make(kind, data, Path(name) / "model")
        settings, tokenizer = config.read(folder), tokens.load(folder)
        sources = [tokenizer.encode(text) for text in texts(kind, folder, data)]
        sources = [source for source in sources if len(source) <= settings.positions]
        longest = settings.decode.max_length if kind in BUNDLED else LONGEST
        own = replace(settings.decode, max_length=longest, min_length=0)
        searches = (replace(own, beam=1), own)
        expected = [pytorch.load(folder).generate(sources, one) for one in searches]
        names = convert._names(folder, settings)
        for compute in ("float32", "int8"):
            target = Path(name) / compute
            whole, checked, peak = converted(folder, target, compute)
            engine = ct2.load(target, compute=compute)
            greedy, beam = (
                agreement(said, engine.generate(sources, one))
                for said, one in zip(expected, searches, strict=True)
            )
            apart = parity.difference(folder, target, compute, names)
            weights = weights_file(folder)
            before = weights.stat().st_size if weights else 0
            print(
                f"{kind:22}{compute:9}{len(sources):4}{greedy:>8}{beam:>6}{whole:9.1f}{checked:8.1f}"
                f"{peak / 1e9:9.2f}{before / 1e6:10.0f}{size(target) / 1e6:8.0f}{apart:11.1e}",
                flush=True,
            )


def faults(kind: str, data: Path) -> None:
    """Print how far apart each fault puts the two, in float32 and in eight bits."""
    with tempfile.TemporaryDirectory() as name:
        folder = make(kind, data, Path(name) / "model")
        names = convert._names(folder, config.read(folder))
        for fault in (*test_parity.FAULTS, test_parity.without_bias):
            for compute in ("float32", "int8"):
                with pytest.MonkeyPatch.context() as patch:
                    patch.setattr(parity, "check", lambda *_: None)
                    test_parity.break_by(fault, patch)
                    convert.convert(folder, Path(name) / "broken", compute)
                apart = parity.difference(folder, Path(name) / "broken", compute, names)
                print(f"{kind:22}{fault.__name__:28}{compute:9}{apart:9.1e}", flush=True)


def main(data: Path, asked: list[str]) -> None:
    """Print the table of all kinds, or of those asked for."""
    if asked[:1] == ["faults"]:
        for kind in asked[1:]:
            faults(kind, data)
        return
    print(f"{'':35}{'same':>14}{'seconds':>17}{'peak':>9}{'MB':>10}{'':8}{'apart':>11}")
    print(
        f"{'kind':22}{'stored':9}{'n':>4}{'greedy':>8}{'beam':>6}{'convert':>9}{'check':>8}"
        f"{'GB':>9}{'before':>10}{'after':>8}"
    )
    for kind in asked or [*get_args(factory.Kind), *BUNDLED]:
        compare(kind, data)


if __name__ == "__main__":
    if sys.argv[1] == "convert":
        convert_and_tell(Path(sys.argv[2]), Path(sys.argv[3]), sys.argv[4])
    else:
        main(Path(sys.argv[1]), sys.argv[2:])
