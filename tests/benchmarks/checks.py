"""How much wrong the checks of translations catch, and how often they cry wolf.

    python -m tests.benchmarks.checks [DATA]                  the tables
    python -m tests.benchmarks.checks [DATA] FLAG [LANG …]    the gold pairs with a flag, to read

DATA is a folder with gold translations, by default the shared data beside the checkout: every
folder in `DATA/mt` holds files of aligned lines, `xyz_Script.SET` as FLORES-200 names them, English
as `eng_Latn.SET`.
"""

import sys
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from random import Random

from models import catalog
from pipeline.checks import check
from pipeline.flags import FLAGS, Finding
from tests.benchmarks.breaks import BREAKS, number_breaks

SHARED = Path(__file__).resolve().parents[3] / "shared" / "data"
SEED = 20261123
# What the README says of opus-mt-ar-en on two cores, beam 4; and tokens of a sentence of FLORES.
TOKENS_A_SECOND, TOKENS_A_SENTENCE = 500, 40
_SUMMARIES = "tests.benchmarks.summary_checks"
# Codes of FLORES-200 that the catalogue does not know as they are.
_CODES = {"arb": "ar", "pes": "fa", "zho": "zh", "nob": "no", "lvs": "lv", "est": "et", "als": "sq"}


@dataclass(frozen=True)
class Gold:
    """Pairs (source, English) of one language, and what is found in each as it is."""

    lang: str
    pairs: list[tuple[str, str]]
    findings: list[tuple[Finding, ...]]
    milliseconds: float


def gold(data: Path) -> Iterator[tuple[str, list[Gold]]]:
    """The languages of every set that has English."""
    for english in sorted(data.glob("mt/*/eng_Latn.*")):
        files = sorted(english.parent.glob(f"*_*{english.suffix}"))
        languages = [read_gold(file, english) for file in files if file != english]
        yield english.parent.name, [language for language in languages if language]


def read_gold(file: Path, english: Path) -> Gold | None:
    """The pairs of two aligned files; None where the catalogue does not know the language."""
    code = file.name.split("_")[0]
    language = catalog.find(_CODES.get(code, code))
    if language is None:
        return None
    pairs = [(s, t) for s, t in zip(_lines(file), _lines(english), strict=True) if s and t]
    for source, target in pairs[:100]:  # tables are read, patterns compiled
        check(source, target, language.code)
    began = time.process_time()
    findings = [check(source, target, language.code) for source, target in pairs]
    spent = time.process_time() - began
    return Gold(language.code, pairs, findings, 1000 * spent / len(pairs))


def _lines(file: Path) -> list[str]:
    return file.read_text(encoding="utf-8").rstrip("\n").split("\n")


def attention(findings: Sequence[Finding]) -> set[str]:
    """Names of the flags that are more than a note."""
    return {finding.name for finding in findings if not finding.note}


def is_number(name: str) -> bool:
    return name.startswith("number-")


def print_false_alarms(languages: list[Gold]) -> None:
    print("\nFalse alarms: % of gold pairs with a flag; notes are in brackets")
    names = [name for name in FLAGS if any(name in _names(each) for each in languages)]
    shown = [f"({name})" if FLAGS[name].note else name for name in names]
    heads = ["pairs", "number flag", "attention", "(any note)", *shown]
    print("   " + "".join(f"{head:>{len(head) + 2}}" for head in heads))
    for each in languages:
        counts = Counter(name for found in each.findings for name in {f.name for f in found})
        flagged = [attention(found) for found in each.findings]
        figures = [
            sum(any(map(is_number, found)) for found in flagged),
            sum(map(bool, flagged)),
            sum(any(f.note for f in found) for found in each.findings),
            *(counts[name] for name in names),
        ]
        row = [str(len(each.pairs)), *(f"{100 * n / len(each.pairs):.1f}" for n in figures)]
        cells = (f"{cell:>{len(head) + 2}}" for head, cell in zip(heads, row, strict=True))
        print(f"{each.lang:3}" + "".join(cells))


def _names(language: Gold) -> set[str]:
    return {finding.name for found in language.findings for finding in found}


def print_catches(languages: list[Gold]) -> None:
    print("\nCatches: % of pairs, broken in one way, with an attention flag that the unbroken pair")
    print("does not have, of the pairs that can be broken so; in brackets with any new flag, where")
    print("that is more")
    print(f"{'':32}" + "".join(f"{each.lang:>12}" for each in languages))
    for name, make in {**number_breaks(), **BREAKS}.items():
        cells = []
        for each in languages:
            rng = Random(f"{SEED} {name}")  # the same breaks whatever else is measured
            flagged = noted = made = 0
            for (source, target), before in zip(each.pairs, each.findings, strict=True):
                broken = make(source, target, rng)
                if broken is None or broken == target:
                    continue
                after = check(source, broken, each.lang)
                made += 1
                flagged += bool(attention(after) - attention(before))
                noted += bool({f.name for f in after} - {f.name for f in before})
            cells.append(_caught(flagged, noted, made))
        print(f"{name:32}" + "".join(f"{cell:>12}" for cell in cells))


def _caught(flagged: int, noted: int, made: int) -> str:
    if not made:
        return "–"
    rounded = f"{100 * flagged / made:.1f}"
    return rounded + (f" ({100 * noted / made:.0f})" if noted > flagged else "")


def print_cost(languages: list[Gold]) -> None:
    each = sum(language.milliseconds for language in languages) / len(languages)
    sentence = 1000 * TOKENS_A_SENTENCE / TOKENS_A_SECOND
    slowest = max(languages, key=lambda language: language.milliseconds)
    print(
        f"\nCost: {each:.3f} ms a pair ({slowest.lang}: {slowest.milliseconds:.3f}), "
        f"{100 * each / sentence:.2f} % of the translation of {TOKENS_A_SENTENCE} tokens "
        f"at {TOKENS_A_SECOND} a second"
    )


def print_flagged(languages: list[Gold], flag: str, codes: Sequence[str]) -> None:
    for each in languages:
        if not codes or each.lang in codes:
            for (source, target), found in zip(each.pairs, each.findings, strict=True):
                for finding in found:
                    if finding.name == flag:
                        print(f"{each.lang}  {finding.detail}\n    {source}\n    {target}")


def main(arguments: list[str]) -> None:
    data = Path(arguments.pop(0)) if arguments and Path(arguments[0]).is_dir() else SHARED
    sets = list(gold(data))
    if not sets:
        print(f"{data}: no gold translations, as {data}/mt/SET/eng_Latn.SET")
    for name, languages in sets:
        if arguments:
            print_flagged(languages, arguments[0], arguments[1:])
            continue
        print(f"\n{name}")
        print_false_alarms(languages)
        print_catches(languages)
        print_cost(languages)
    if not arguments and find_spec(_SUMMARIES) and (data / "summ").is_dir():
        import_module(_SUMMARIES).main(data)


if __name__ == "__main__":
    main(sys.argv[1:])
