"""How long until khulasa answers: its help, a run that finds everything in the cache, a first run.

    python -m tests.benchmarks.startup

Each command runs in a process of its own, five times; the table gives the fastest and the median
in seconds, the peak memory of the process, and which of the heavy packages it imported.
"""

import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROUNDS = 5
SEED = Path(__file__).parents[2] / "seeds" / "ar-demining.txt"
HEAVY = ("torch", "transformers", "ctranslate2", "sqlalchemy", "huggingface_hub", "numpy")
# Runs the command in this interpreter, then says on stderr what it cost.
PROBE = f"""
import resource, sys
from pipeline.cli import app
try:
    app(sys.argv[1:])
finally:
    loaded = [name for name in {HEAVY!r} if name in sys.modules]
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    print(peak, *loaded, file=sys.stderr)
"""


def measure(arguments: list[str], home: Path | None) -> tuple[float, str]:
    """Seconds of one run, and what the probe said of it. `home` None: a new, empty one."""
    with tempfile.TemporaryDirectory() as empty:
        environment = {**os.environ, "KHULASA_HOME": str(home or empty)}
        command = [sys.executable, "-c", PROBE, *arguments]
        started = time.perf_counter()
        done = subprocess.run(command, env=environment, capture_output=True, text=True, check=True)
        return time.perf_counter() - started, done.stderr.strip().splitlines()[-1]


def main() -> None:
    """Print the table."""
    run = ["run", str(SEED), "--models", "tiny", "--format", "json"]
    with tempfile.TemporaryDirectory() as warm:
        measure(run, Path(warm))
        cases = [
            ("khulasa --help", ["--help"], Path(warm)),
            ("khulasa run, all cached", run, Path(warm)),
            ("khulasa run, converted, no cache", [*run, "--cache", "off"], Path(warm)),
            ("khulasa run, first ever", run, None),
        ]
        print(f"{'':34}{'best s':>8}{'median s':>10}{'MB':>6}  imported")
        for name, arguments, home in cases:
            rounds = [measure(arguments, home) for _ in range(ROUNDS)]
            seconds = [second for second, _ in rounds]
            peak, *loaded = rounds[0][1].split()
            best, median = min(seconds), statistics.median(seconds)
            print(f"{name:34}{best:8.2f}{median:10.2f}{peak:>6}  {' '.join(loaded) or '-'}")


if __name__ == "__main__":
    main()
