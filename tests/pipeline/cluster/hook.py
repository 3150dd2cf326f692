"""What a test does inside the workers of a cluster: Ray runs `install` when each begins.

Windows are small, so that a short job has many. What is decoded is written down. A document with
POISON in its id kills its worker; so does the file KILL, once.
"""

import os
import signal
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from pipeline.cache import Cache
from pipeline.cluster import reading
from pipeline.document import Failure
from pipeline.flow import Pipeline
from pipeline.signature import Signature

FOLDER = "KHULASA_TEST_FOLDER"
POISON = "poison"
KILL, DECODED, DIED = "kill", "decoded", "died"

install = f"{__name__}._install"


def _install() -> None:
    folder = Path(os.environ[FOLDER])
    reading.WINDOW = 400
    remember, translated = Cache.remember, Pipeline.translated

    def noted(self: Cache, signature: Signature, values: Mapping[str, Any]) -> dict[str, Any]:
        _die_once(folder)
        found = remember(self, signature, values)
        if signature.stage == "translate":
            with (folder / DECODED).open("a", encoding="utf-8") as log:
                log.writelines(f"{source}\n" for source in values)
        return found

    def killed(self: Pipeline, window: Sequence[Any]) -> list[Any]:
        for one in window:
            if not isinstance(one, Failure) and POISON in one.document.id:
                with (folder / DIED).open("a", encoding="utf-8") as log:
                    log.write(f"{one.document.id}\n")
                os.kill(os.getpid(), signal.SIGKILL)
        time.sleep(0.2)  # or there would be no middle of the job
        return translated(self, window)

    Cache.remember = noted  # type: ignore[method-assign]
    Pipeline.translated = killed  # type: ignore[method-assign]


def _die_once(folder: Path) -> None:
    try:
        (folder / KILL).unlink()
    except FileNotFoundError:
        return
    os.kill(os.getpid(), signal.SIGKILL)
