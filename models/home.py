"""Where this machine keeps models, and the small JSON records beside them.

    $KHULASA_HOME, else the user's cache folder of the platform
    └── models/
        ├── commits/       which commit a branch of a repository was when it was first used
        ├── digests/       size and sha256 of each file of a commit, as it came from the hub
        ├── fingerprints/  sha256 of files that were hashed before, by size and time
        ├── golden/        which models passed their self-test, and how well
        ├── converted/     models in CTranslate2's form
        ├── safe/          weights that came as a pickle, copied into safetensors
        ├── carried/       what else is needed of models that came in that form alone
        ├── students/      student models, a folder each
        └── locks/         one process downloads or converts, the others wait

One record is one file, replaced as a whole, so that processes need no lock to share them.
"""

import hashlib
import json
import logging
import os
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

log = logging.getLogger(__name__)


def models_home() -> Path:
    """The folder for everything that is kept about models; it need not exist yet."""
    if chosen := os.environ.get("KHULASA_HOME"):
        return Path(chosen).expanduser().absolute() / "models"
    import platformdirs

    return Path(platformdirs.user_cache_dir("khulasa", appauthor=False)) / "models"


def recall(kind: str, key: str) -> dict[str, Any]:
    """The record that `remember` stored; empty where there is none, or none that can be read."""
    try:
        record = json.loads(_path(kind, key).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    value = record.get("value") if isinstance(record, dict) and record.get("key") == key else None
    return value if isinstance(value, dict) else {}


def remember(kind: str, key: str, value: dict[str, Any]) -> None:
    """Store a record. Where the folder cannot be written, a warning: it only costs time later."""
    text = json.dumps({"key": key, "value": value}, ensure_ascii=False, indent=1)
    try:
        replace_text(_path(kind, key), text)
    except OSError as error:
        log.warning("cannot remember %s of %s: %s", kind, key, error)


def forget(kind: str, key: str) -> None:
    """Remove a record, if there is one."""
    _path(kind, key).unlink(missing_ok=True)


def records(kind: str) -> Iterator[tuple[str, dict[str, Any]]]:
    """The key and value of every record of a kind that can be read."""
    for path in sorted((models_home() / kind).glob("[!.]*.json")):
        try:
            record = json.loads(path.read_text(encoding="utf-8"))
            key, value = record["key"], record["value"]
        except (OSError, ValueError, TypeError, KeyError):
            continue
        if isinstance(key, str) and isinstance(value, dict):
            yield key, value


def replace_text(path: Path, text: str) -> None:
    """Write a file so that a reader sees the old text or the new, never a part."""
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(f".{path.name}.{os.getpid()}.{threading.get_ident()}")
    try:
        temporary.write_text(text, encoding="utf-8")
        temporary.replace(path)
    except OSError:
        temporary.unlink(missing_ok=True)
        raise


def _path(kind: str, key: str) -> Path:
    readable = "".join(c if c.isalnum() or c in "-." else "_" for c in key)[-60:]
    digest = hashlib.sha256(key.encode()).hexdigest()[:16]
    return models_home() / kind / f"{readable}-{digest}.json"
