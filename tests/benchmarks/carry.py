"""Models from a hub to a machine without a network: bytes, seconds, peak memory.

    python -m tests.benchmarks.carry FILES

FILES has the folders `opus-mt-ar-en` and `distilbart-cnn-6-6` with the true configuration and
tokenizer files of those models. Random weights in the exact shapes of opus-mt-ar-en and
distilbart-cnn-6-6 are served by a hub on the loopback as the set `fast` of Arabic. One home pulls
and packs; another, empty one unpacks and runs in a network namespace without a route. A row for
each command goes to stdout as it is done; the self-test, which noise cannot pass, is off.
"""

import os
import subprocess
import sys
import tempfile
import time
from multiprocessing import get_context
from pathlib import Path

from models.catalog import languages, summarizers
from tests import factory
from tests.hub import Hub

TEXT = "أعلنت وزارة الصحة يوم الاثنين افتتاح ثلاثة مستشفيات جديدة في المدينة.\n"


def command(home: Path, hub: str, *arguments: str, alone: bool = False) -> None:
    """Run khulasa to its end, and print what it took."""
    environment = {
        **os.environ,
        "KHULASA_HOME": str(home / "khulasa"),
        "HF_HOME": str(home / "huggingface"),
        "HF_ENDPOINT": hub,
        "KHULASA_SELF_TEST": "off",
    }
    prefix = ["unshare", "--net"] if alone else []
    started = time.perf_counter()
    process = subprocess.Popen(
        [*prefix, sys.executable, "-m", "pipeline", *arguments],
        env=environment,
        stdout=subprocess.DEVNULL,
    )
    _, status, used = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise SystemExit(f"exit code {process.returncode}")
    seconds = time.perf_counter() - started
    told = " ".join(one.rpartition("/")[2] for one in arguments)
    processor = used.ru_utime + used.ru_stime
    print(f"{told:58}{seconds:9.1f}{processor:9.1f}{used.ru_maxrss / 1024:9.0f}", flush=True)


def megabytes(*places: Path) -> float:
    """What files and folders take, links not followed."""
    files = [path for place in places for path in (place, *place.rglob("*"))]
    return sum(path.lstat().st_size for path in files if path.is_file()) / 1e6


def make(files: Path, base: Path) -> None:
    """Write the two models."""
    for kind, name in (("opus-mt-ar-en", "translator"), ("distilbart-cnn-6-6", "summarizer")):
        factory.full_size(kind, base / name, files / kind, weights="bin")  # type: ignore[arg-type]


def main(files: Path, base: Path) -> None:
    """Serve, pull, pack, unpack, run."""
    # A process of its own: the memory that it takes would count as that of each that comes later.
    making = get_context("spawn").Process(target=make, args=(files, base))
    making.start()
    making.join()
    served = {
        languages()["ar"].fast.name: base / "translator",
        summarizers()["fast"].name: base / "summarizer",
    }
    (base / "news.txt").write_text(TEXT, encoding="utf-8")
    here, there = base / "here", base / "there"
    archives = {form: base / f"{form}.tar" for form in ("converted", "published")}
    print(f"{'khulasa':58}{'seconds':>9}{'CPU s':>9}{'peak MB':>9}")
    with Hub(served) as hub:
        command(here, hub.url, "models", "pull", "ar", "--set", "fast")
        for form, archive in archives.items():
            chosen = ["--published"] if form == "published" else []
            command(
                here, hub.url, "models", "pack", "ar", "--set", "fast", *chosen, "-o", str(archive)
            )
    command(there, hub.url, "models", "unpack", str(archives["converted"]), alone=True)
    article = str(base / "news.txt")
    command(there, hub.url, "run", article, "--models", "fast", "--beam", "1", alone=True)
    command(there, hub.url, "run", article, "--models", "fast", "--beam", "1", alone=True)
    print(f"\n{'what':58}{'MB':>9}")
    for told, places in {
        "published": list(served.values()),
        "converted to int8": [here / "khulasa" / "models" / "converted"],
        "packed, published": [archives["published"]],
        "packed, converted": [archives["converted"]],
        "all of the home without a network": [there],
    }.items():
        print(f"{told:58}{megabytes(*places):9.0f}")


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as folder:
        main(Path(sys.argv[1]), Path(folder))
