"""Opening a model: cheap to identify, loaded when it is first asked to do something.

translator = open_translator("ar", models="fast")
translator.identity          {"model": "Helsinki-NLP/opus-mt-ar-en@…", "weights": "sha256:…", …}
tokens = translator.tokenizer.encode("…")
translator.engine.generate([tokens], translator.config.decode)
"""

from collections.abc import Iterable
from dataclasses import asdict, dataclass, field, replace
from functools import cached_property
from pathlib import Path
from typing import Literal

from models import catalog, golden, students
from models.catalog import BUNDLED, ENGLISH, Entry, ModelSet, Repository, Role, UnknownLanguage
from models.conversion import conversions
from models.engines import device
from models.engines.backends import ENGINES, Backend
from models.engines.compute import Compute, announce, check, stored
from models.engines.device import Device
from models.engines.engine import DecodeOptions, Engine
from models.errors import ModelMissing, ModelUnfit
from models.golden import Article, Known, Proof, SelfTest
from models.hub.line import QUIET, Line
from models.layout import FIREFOX, Config
from models.store.fingerprint import Fingerprint, fingerprint, weights_file
from models.store.locate import Located, Wanted, locate
from models.tokens import Tokenizer

UNDETERMINED = "und"
"""A language that nobody named (ISO 639-2)."""

EngineName = Literal["ctranslate2", "torch", "student"]


@dataclass(frozen=True, slots=True)
class Runtime:
    """How models are run, and had: `line` is what the caller asks of downloads.

    `device`, as `models.engines.device` parses it, is the processor if "auto". What a GPU gives
    can differ in the last digits: one is used only where it is asked for, and then its kind stands
    in `Model.identity`. So does `compute`, of which "auto" is the engine's choice for the device:
    known for a processor before any library is asked. `threads`, one a core if None, is a matter
    of speed and in no signature. Raises UnknownDevice.
    """

    engine: EngineName = "ctranslate2"
    device: str = "auto"
    compute: Compute = "auto"
    self_test: SelfTest = "required"
    threads: int | None = None
    line: Line = QUIET

    def __post_init__(self) -> None:
        """Refuse what is no device."""
        device.parse(self.device)

    @property
    def place(self) -> Device:
        """The device."""
        return device.parse(self.device)

    @property
    def precision(self) -> str:
        """What is computed in. Raises DeviceMissing where a card that is not here would choose."""
        return ENGINES[self.engine].precision(self.compute, self.place)

    @property
    def name(self) -> str:
        """Engine, version, precision, and the kind of device where it is no processor."""
        place = "" if self.place.kind == "cpu" else f"-{self.place.kind}"
        return f"{ENGINES[self.engine].name(self.precision)}{place}"


DEFAULT = Runtime()


@dataclass(frozen=True)
class Model:
    """A model that is on this machine.

    `identity`, `config` and `verified` read small files only. `tokenizer` and `engine` import,
    convert (once a machine) and load (once an object) what they need. `engines` are those that are
    loaded, by folder: models that share it share them.
    """

    role: Role
    located: Located
    runtime: Runtime
    proof: Proof
    engines: dict[Path, Engine] = field(default_factory=dict, compare=False)

    @cached_property
    def identity(self) -> dict[str, str]:
        """What decides the output, in the order of signatures: model, weights, tokens, engine.

        Where the model did not pass its self-test that is told too: its output is kept apart, so
        that nobody who wants the test finds it in a cache. Raises DeviceMissing where the
        precision is a card's choice and it is not here.
        """
        tested = {} if self.verified else {"self-test": "none"}
        return {
            "model": self.located.name,
            "weights": f"sha256:{self.fingerprint.weights[:16]}",
            "tokens": f"sha256:{self.fingerprint.tokens[:16]}",
            "engine": self.runtime.name,
            **tested,
        }

    @cached_property
    def fingerprint(self) -> Fingerprint:
        """The whole digests behind `identity`."""
        return fingerprint(self.located.folder)

    @cached_property
    def config(self) -> Config:
        """The model's limits and the search it is published with. Raises ModelUnfit."""
        return self._backend.layout.config(self.located.folder)

    def search(self, options: DecodeOptions) -> dict[str, str]:
        """What of the options counts with the model's engine, by name."""
        chosen = asdict(options).items()
        return {name: str(value) for name, value in chosen if name in self._backend.heeds}

    @property
    def converts(self) -> bool:
        """Whether the engine runs a converted form, not the model as it was published."""
        return self._backend.converted

    @property
    def scores(self) -> bool:
        """Whether the engine tells probabilities: of hypotheses, and by `Engine.score`."""
        return self._backend.scores

    @property
    def verified(self) -> bool:
        """Whether what this model gives is that of a model which passes its self-test.

        False where the test is switched off, or where nothing is known to test it with.
        """
        if not self.proof.inputs:
            return False
        return golden.policy(self.runtime.self_test) == "required" or self._passed

    @property
    def tested(self) -> str | None:
        """How well it did when it passed its self-test; None where it did not yet."""
        return golden.result(self._key, self.proof)

    @cached_property
    def tokenizer(self) -> Tokenizer:
        """Text to tokens and back. Raises ModelUnfit."""
        return self._backend.layout.tokenizer(self.located.folder)

    @cached_property
    def engine(self) -> Engine:
        """The loaded model, tested where that is due.

        Raises ModelUnfit where it does not load or fails, DeviceMissing or PrecisionMissing where
        it cannot run so here, ModelError where it cannot be converted.
        """
        engine = self._load()
        if self.verified and not self._passed:
            self._examine(engine)
        return engine

    def examine(self) -> str:
        """Load and test it now, whatever it passed before; how well it did, in a clause.

        `proof` must have inputs. Raises what `engine` raises.
        """
        return self._examine(self._load())

    def convert(self) -> Path:
        """The folder of the form that the engine runs, made and tested now if need be.

        Raises what `engine` raises, and ModelUnfit where the engine runs no converted form.
        """
        if not self._backend.converted:
            raise ModelUnfit(f"--engine {self.runtime.engine} runs models as they are published")
        _ = self.engine
        return self._converted()

    @property
    def _backend(self) -> Backend:
        return ENGINES[self.runtime.engine]

    def _load(self) -> Engine:
        if not self._backend.converted:
            return self._load_published()
        try:
            return self._load_converted()
        except ModelUnfit:  # a conversion that rotted on the disk is made again
            if not self._discard():
                raise
            return self._load_converted()

    def _load_published(self) -> Engine:
        if weights_file(self.located.folder) is None:
            raise ModelMissing(
                f"{self.located.name} came here in a converted form alone, which --engine "
                f"{self.runtime.engine} does not read: pull the model as it was published"
            )
        return self._start(self.located.folder)

    def _load_converted(self) -> Engine:
        compute, place = self.runtime.precision, self.runtime.place
        check(compute, self._backend.supported(place), place, self.runtime.engine)
        return self._start(self._converted())

    def _converted(self) -> Path:
        form = stored(self.runtime.precision)
        return conversions.converted(self.located.folder, self.fingerprint, form)

    def _start(self, folder: Path) -> Engine:
        if folder not in self.engines:
            runtime, compute = self.runtime, self.runtime.precision
            self.engines[folder] = self._backend.load(
                folder, compute=compute, device=runtime.place, threads=runtime.threads
            )
            announce(compute)
        return self.engines[folder]

    def _examine(self, engine: Engine) -> str:
        name, search = self.located.name, self.config.decode
        try:
            return golden.examine(self._key, name, self.tokenizer, engine, search, self.proof)
        except ModelUnfit:
            self._discard()
            raise

    def _discard(self) -> bool:
        """Convert again next time: the fault may be in the conversion. Whether that can be done."""
        if not self._backend.converted:
            return False
        self.engines.clear()
        form = stored(self.runtime.precision)
        return conversions.discard(self.located.folder, self.fingerprint, form)

    @property
    def _passed(self) -> bool:
        return golden.passed(self._key, self.proof)

    @property
    def _key(self) -> str:
        print_ = self.fingerprint
        return f"{print_.weights}-{print_.tokens}-{self.runtime.name}"


def open_translator(
    lang: str,
    models: ModelSet = "best",
    reference: str | None = None,
    runtime: Runtime = DEFAULT,
    engines: dict[Path, Engine] | None = None,
) -> Model:
    """Find the model that translates `lang` into English, downloading it where it is not here.

    `reference` (repository or folder) takes the place of the set's model and allows any language.
    `engines` are those of other languages, of which this one may be; its own is added.
    Students are found by language, whatever the set. Raises UnknownLanguage, ModelMissing,
    ModelUnfit or ModelError.
    """
    if ENGINES[runtime.engine].layout is FIREFOX:
        return _open_student(lang, reference, runtime)
    if reference is not None:
        known = catalog.find(lang)
        wanted = _by_name("translator", reference, known.candidates() if known else ())
        return _open(wanted, runtime, Known(known.golden if known else ()), engines)
    language = catalog.language(lang)
    if models == "tiny":
        if language.code != "ar":
            raise UnknownLanguage(
                f"the bundled model translates Arabic only, not {language.name}; "
                "use --models fast or --models best"
            )
        return _open_tiny("translator", runtime)  # of one language, so shared with none
    chosen = language.best if models == "best" else language.fast
    wanted = _by_name("translator", chosen.name, language.candidates())
    return _open(wanted, runtime, Known(language.golden), engines)


def open_summarizer(
    models: ModelSet = "best", reference: str | None = None, runtime: Runtime = DEFAULT
) -> Model:
    """Find the model that summarises English; as `open_translator` otherwise.

    No student does: `beside_students` says what runs it.
    """
    runtime = beside_students(runtime)
    article = Article(catalog.golden_article())
    if reference is None and models == "tiny":
        return _open_tiny("summarizer", runtime)
    chosen = reference or catalog.summarizers()[models].name
    wanted = _by_name("summarizer", chosen, catalog.summarizers().values())
    return _open(wanted, runtime, article)


def beside_students(runtime: Runtime) -> Runtime:
    """How models run that are no students, where those run as `runtime` says."""
    if ENGINES[runtime.engine].layout is FIREFOX:
        return replace(runtime, engine=DEFAULT.engine)
    return runtime


def open_entry(entry: Entry, runtime: Runtime = DEFAULT) -> dict[str, Model]:
    """A model of the catalogue or of any name, by the code of each language to test it in.

    That is `en` for a summariser, and UNDETERMINED where no sentences are known. It is loaded once
    for all of them. Raises what `open_translator` raises.
    """
    if student := students.find(entry.repository.name):
        runtime = replace(runtime, engine="student")
        return {student.lang: _student(student.lang, student.located, runtime)}
    if entry.repository.name.startswith(BUNDLED):
        lang = ENGLISH if entry.role == "summarizer" else entry.languages[0]
        return {lang: _open_tiny(entry.role, runtime)}
    reference = f"{entry.repository.name}@{entry.repository.revision}"
    if entry.role == "summarizer":
        return {ENGLISH: open_summarizer(reference=reference, runtime=runtime)}
    engines: dict[Path, Engine] = {}
    known = [code for code in entry.languages if catalog.languages()[code].golden]
    return {
        code: open_translator(code, reference=reference, runtime=runtime, engines=engines)
        for code in known or [UNDETERMINED]
    }


def ready(entry: Entry, runtime: Runtime = DEFAULT) -> Model:
    """A model that is here, in the form that its engine runs, and passes every test of it.

    Raises what `open_translator` and `Model.engine` raise.
    """
    found = list(open_entry(entry, runtime).values())
    for one in found:
        _ = one.engine
    return found[0]


def _open_student(lang: str, reference: str | None, runtime: Runtime) -> Model:
    _ = runtime.name  # an engine that is not installed is told before what to run with it
    return _student(lang, students.locate(lang, reference), runtime)


def _student(lang: str, located: Located, runtime: Runtime) -> Model:
    known = catalog.find(lang)
    return Model("translator", located, runtime, Known(known.golden if known else ()))


def _open_tiny(role: Role, runtime: Runtime) -> Model:
    return _open(Wanted(role, BUNDLED + role), runtime, Known(catalog.tiny_golden(role)))


def _by_name(role: Role, reference: str, candidates: Iterable[Repository]) -> Wanted:
    """A repository that the catalogue knows is taken at the catalogue's revision."""
    known = catalog.repositories().get(reference)
    others = tuple(one.name for one in candidates if one.name != reference.partition("@")[0])
    return Wanted(role, reference, known.revision if known else "main", others)


def _open(
    wanted: Wanted, runtime: Runtime, proof: Proof, engines: dict[Path, Engine] | None = None
) -> Model:
    located = locate(wanted, runtime.line.heard, runtime.line.timeout)
    return Model(wanted.role, located, runtime, proof, {} if engines is None else engines)
