"""The layout of student models, as Firefox Translations has it.

A folder holds, for Portuguese into English (`pten`):

    model.pten.intgemm.alphas.bin   the weights, in eight bits
    vocab.pten.spm                  SentencePiece of both sides, or one file for each:
                                    srcvocab.pten.spm, trgvocab.pten.spm
    lex.50.50.pten.s2t.bin          the shortlist: which words may translate which; may be absent
"""

import re
from dataclasses import dataclass
from pathlib import Path

from models import catalog
from models.errors import ModelUnfit

WEIGHTS = re.compile(r"model\.(?P<pair>(?P<source>[a-z_]{2,7})en)(\.\w+)*\.bin", re.ASCII)
SMALL_FILE = re.compile(
    r"(src|trg)?vocab\.[a-z_]{2,7}en\.spm|lex(\.\w+)*\.[a-z_]{2,7}en(\.\w+)*\.bin", re.ASCII
)


@dataclass(frozen=True, slots=True)
class Files:
    """The files of a student; `pair` is as in `pten`, `lang` the code of the first language."""

    pair: str
    lang: str
    weights: Path
    source: Path
    target: Path
    shortlist: Path | None

    @property
    def all(self) -> tuple[Path, ...]:
        """In the order in which the library takes them."""
        own = (self.weights, self.source, self.target)
        return (*own, self.shortlist) if self.shortlist else own

    @property
    def small(self) -> list[str]:
        """The names of all but the weights, each once."""
        return sorted({path.name for path in self.all} - {self.weights.name})


def files(folder: Path) -> Files:
    """The files of a student's folder. Raises ModelUnfit where it is none."""
    if absent := lacking(folder):
        raise ModelUnfit(f"{folder} is no student model: it lacks {', '.join(absent)}")
    [match] = _models(folder)
    pair = match["pair"]
    source, target = (folder / name for name in _vocabularies(folder, pair))
    shortlists = sorted(folder.glob(f"lex.*{pair}.*bin"))
    return Files(
        pair,
        catalog.code_of(match["source"]),
        folder / match[0],
        source,
        target,
        shortlists[0] if shortlists else None,
    )


def present(folder: Path) -> Files | None:
    """The files of a student's folder; None where it is none."""
    return None if lacking(folder) else files(folder)


def lacking(folder: Path) -> list[str]:
    """What a folder needs to be a student's; empty where it is one."""
    models = _models(folder)
    if len(models) != 1:
        return [f"a file model.…en.….bin ({len(models)} are there)"]
    names = dict.fromkeys(_vocabularies(folder, models[0]["pair"]))
    absent = [name for name in names if not (folder / name).is_file()]
    return [
        f"{name} (or srcvocab and trgvocab)" if name.startswith("vocab") else name
        for name in absent
    ]


def _models(folder: Path) -> list[re.Match[str]]:
    """The models into English that a folder holds."""
    names = sorted(path.name for path in folder.glob("model.*.bin"))
    return [match for name in names if (match := WEIGHTS.fullmatch(name))]


def _vocabularies(folder: Path, pair: str) -> tuple[str, str]:
    """The names of the two vocabularies, which may be one."""
    shared = f"vocab.{pair}.spm"
    own = (f"srcvocab.{pair}.spm", f"trgvocab.{pair}.spm")
    return own if any((folder / name).is_file() for name in own) else (shared, shared)
