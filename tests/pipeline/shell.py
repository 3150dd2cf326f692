"""The command line in real processes, with small random models."""

import json
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any


@dataclass(frozen=True)
class Shell:
    """Runs khulasa with small random models, in a home where they are converted already."""

    home: Path
    models: tuple[str, ...]

    def environment(self, **more: str) -> dict[str, str]:
        return {**os.environ, "KHULASA_HOME": str(self.home), "COLUMNS": "120", **more}

    def __call__(
        self, *arguments: str, given: bytes = b"", **more: str
    ) -> subprocess.CompletedProcess[str]:
        """One run to its end."""
        done = subprocess.run(
            [sys.executable, "-m", "pipeline", *arguments],
            input=given,
            env=self.environment(**more),
            capture_output=True,
            check=False,
        )
        out, err = (stream.decode("utf-8") for stream in (done.stdout, done.stderr))
        assert "Traceback" not in out + err, err
        return subprocess.CompletedProcess(done.args, done.returncode, out, err)

    def run(self, *arguments: str, given: bytes = b"", **more: str) -> tuple[int, str, str]:
        """`khulasa run` with the random models: exit code, stdout, stderr."""
        done = self("run", *arguments, *self.models, "--no-self-test", given=given, **more)
        return done.returncode, done.stdout, done.stderr

    def record(self, *arguments: str) -> dict[str, Any]:
        """The record of one document, all well."""
        code, out, err = self.run(*arguments, "--format", "json")
        assert (code, err) == (0, "")
        record: dict[str, Any] = json.loads(out)
        return record
