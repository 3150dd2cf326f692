"""What made an output: a stage, its version and everything besides the input that decides it."""

import hashlib
import json
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Signature:
    """Printed as `stage:v1|name:value|…`, compared part by part, and read back by `parse`.

    Raises ValueError for a part that the printed form could not give back.
    """

    stage: str
    version: int
    params: tuple[tuple[str, str], ...]

    def __post_init__(self) -> None:
        if not self.stage or set(self.stage) & set("|:"):
            raise ValueError(f"cannot stand in a signature: {self.stage!r}")
        taken = {"", "stage", "version"}
        for name, value in self.params:
            if not isinstance(value, str) or name in taken or set(name) & set("|:") or "|" in value:
                raise ValueError(f"cannot stand in a signature: {name!r}: {value!r}")
            taken.add(name)

    def __str__(self) -> str:
        head = f"{self.stage}:v{self.version}"
        return "|".join([head, *(f"{name}:{value}" for name, value in self.params)])

    @classmethod
    def parse(cls, text: str) -> "Signature":
        """Read a printed signature. Raises ValueError where `text` is not one."""
        head, *rest = text.split("|")
        stage, version = head.split(":v", 1)
        params = [tuple(part.split(":", 1)) for part in rest]
        return cls(stage, int(version), tuple((name, value) for name, value in params))

    @property
    def maker(self) -> str | None:
        """The model, or the method that needs none; None where the stage has neither."""
        given = dict(self.params)
        return given.get("model") or given.get("method")

    @property
    def digest(self) -> str:
        """sha256 in hexadecimal: equal for equal signatures, whatever machine prints them."""
        return digest(str(self))

    def changes(self, other: "Signature") -> list[tuple[str, str, str]]:
        """Components that differ: (name, value here, value there), `-` for an absent one."""
        ours = {"version": str(self.version), **dict(self.params)}
        theirs = {"version": str(other.version), **dict(other.params)}
        names = dict.fromkeys([*ours, *theirs])
        pairs = [(name, ours.get(name, "-"), theirs.get(name, "-")) for name in names]
        return [pair for pair in pairs if pair[1] != pair[2]]


def digest(value: Any) -> str:
    """sha256 of the canonical JSON of `value`. Raises TypeError for what JSON cannot hold."""
    canonical = json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(canonical.encode("utf-8", "surrogatepass")).hexdigest()
