"""How well terms are put in their place, and what it costs, in the bundled model's world.

    python -m tests.benchmarks.terms          the table, and what went wrong

For every town and some nouns of that world the glossary asks for another English word. Where the
translation has the usual word once, the right answer is known: the same with the other word, and
nothing else changed. Events are those that the model never saw.
"""

import re
import time
import tomllib
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from models.constrained import Draft, with_term
from models.model import open_translator
from models.tiny import examples
from models.tokens import Tokenizer
from pipeline.glossary import Glossary, Occurrence, Term

PLACES = Path(examples.__file__).parent / "lexicon" / "places.toml"
EVENTS = 60
NOUNS = """
لغم mines bombs, خبير experts officials, مزارع farmers soldiers, شخص people workers,
مدرسة schools hospitals, سيارة cars trucks, منزل homes buildings, عضو members ministers,
قذيفة shells rockets, قرية villages towns, لاجئ refugees migrants, متطوع volunteers soldiers,
شاحنة trucks ships, خيمة tents houses, جسر bridges roads, الجيش army police, الشرطة police army,
الحكومة government cabinet, وزير minister secretary, الرئيس president king,
مستشفى hospital clinic, المتحدث spokesman speaker, لجنة committee panel, الوضع situation matter,
السلطات authorities officials, أسرة families households, ناخب voters citizens
"""


@dataclass(frozen=True, slots=True)
class Case:
    """A source with a place for a term, its translation, and what that should become."""

    source: str
    place: Occurrence
    target: str
    expected: str


def terms() -> dict[str, tuple[str, str]]:
    """Of each source term the usual English and the one asked for."""
    towns = tomllib.loads(PLACES.read_text("utf-8"))["towns"]
    nouns = (line.split() for line in NOUNS.split(","))
    return {town: (name, "Acre" if name == "Tyre" else "Tyre") for town, name in towns.items()} | {
        source: (usual, other) for source, usual, other in nouns
    }


def cases(sources: list[str], targets: list[str]) -> Iterator[Case]:
    words = terms()
    glossary = Glossary(tuple(Term(source, other) for source, (_, other) in words.items()))
    for source, target in zip(sources, targets, strict=True):
        places = glossary.occurrences(source)
        once = Counter(place.term for place in places)
        for place in places:
            usual, other = (rf"\b{word}\b" for word in words[place.term.source])
            if once[place.term] == len(re.findall(usual, target)) and not re.search(other, target):
                new = re.sub(usual, place.term.target, target)
                yield Case(source, place, target, new[0].upper() + new[1:])


def main() -> None:
    model = open_translator("ar", models="tiny")
    tokenizer, options = model.tokenizer, model.config.decode
    pairs = examples.translation_pairs(examples.events(examples.TEST, EVENTS))
    sources = sorted({pair.source for pair in pairs})
    found = model.engine.generate([tokenizer.encode(source) for source in sources], options)
    targets = [tokenizer.decode(hypothesis.tokens) for hypothesis in found]
    wanted = list(cases(sources, targets))
    drafts = [_draft(tokenizer, case) for case in wanted]
    start = time.perf_counter()
    answers = with_term(model.engine, drafts, options.max_length)
    middle = time.perf_counter()
    model.engine.generate([draft.source for draft in drafts], options)
    spent = (middle - start) / (time.perf_counter() - middle)
    said = [tokenizer.decode(one[0].tokens) if one else "" for one in answers]
    right = sum(one == case.expected for one, case in zip(said, wanted, strict=True))
    placed = sum(map(bool, said))
    print(
        f"{len(wanted)} terms: {placed} placed, {right} of them rightly; {spent:.1f} decodings each"
    )
    for one, case in zip(said, wanted, strict=True):
        if one not in ("", case.expected):
            print(f"- {case.place.term.source}: {case.target}\n  {one}")


def _draft(tokenizer: Tokenizer, case: Case) -> Draft:
    start, end, form = case.place.start, case.place.end, case.place.term.target
    return Draft(
        source=tokenizer.encode(case.source),
        without=tokenizer.encode((case.source[:start].rstrip() + case.source[end:]).strip()),
        target=tokenizer.encode_target(case.target),
        forms=[tokenizer.encode_target(form)],
        openings=[tokenizer.encode_target(form.capitalize())],
    )


if __name__ == "__main__":
    main()
