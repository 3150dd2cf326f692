"""Putting a term into a hypothesis: where, in which form, and with nothing else changed."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from models import tokens
from models.constrained import Draft, with_term
from models.conversion.convert import convert
from models.engines.backends import ENGINES
from models.engines.engine import DecodeOptions, Engine, Hypothesis, Tokens
from tests.engines import SHARED

TINY = Path(__file__).parents[2] / "models" / "tiny" / "translator"
LONGEST = 511


def pieces(text: str) -> list[str]:
    """Words are pieces, and so are the marks that end them."""
    spaced = text.replace(",", " ,").replace(".", " .")
    return [word if word in (",", ".", "<unk>") else f"▁{word}" for word in spaced.split()]


def text(hypothesis: Hypothesis) -> str:
    return "".join(hypothesis.tokens).replace("▁", " ").strip()


@dataclass
class Toy(Engine):
    """A target word is likely where its source word stands; `says` tells which that is.

    Words that nobody says are as likely as `liked` says.
    """

    says: dict[str, str]
    liked: dict[str, float] = field(default_factory=dict)
    name = "toy-1.0"

    def stream(
        self, sources: Sequence[Tokens], options: DecodeOptions
    ) -> Iterator[dict[int, Hypothesis]]:
        raise AssertionError("nothing is decoded")

    def score(
        self, sources: Sequence[Tokens], targets: Sequence[Tokens]
    ) -> list[tuple[float, ...]]:
        pairs = zip(sources, targets, strict=True)
        return [(*(self._likely(t, source) for t in target), 0.0) for source, target in pairs]

    def _likely(self, token: str, source: Tokens) -> float:
        said = self.says.get(token.strip("▁"))
        if said is None:
            return self.liked.get(token.strip("▁"), -1.0)
        return -0.1 if any(f"▁{word}" in source for word in said.split("|")) else -6.0


SAYS = {
    "forces": "quwwat",
    "Forces": "quwwat",
    "entered": "dakhalat",
    "town": "balda",
    "old": "qadima",
}


def draft(source: str, less: str, target: str, *forms: str) -> Draft:
    openings = [pieces(form[0].upper() + form[1:]) for form in forms]
    before, after = [*pieces(source), "</s>"], [*pieces(less), "</s>"]
    return Draft(before, after, pieces(target), [pieces(form) for form in forms], openings)


SAYS |= dict.fromkeys(("12", "how"), "quwwat")
ENTERED = ("dakhalat quwwat balda qadima", "dakhalat balda qadima", "forces entered the old town.")


@pytest.mark.parametrize(
    ("source", "less", "target", "form", "expected"),
    [
        (*ENTERED, "troops", "Troops entered the old town."),
        ("dakhalat quwwat balda", "dakhalat quwwat", "forces entered the town.", "village",
         "forces entered the village."),
        ("dakhalat quwwat balda", "dakhalat quwwat", "the town, forces entered.", "village",
         "the village, forces entered."),
        ("balda dakhalat", "dakhalat", "a town entered.", "area", "an area entered."),
        ("balda dakhalat", "dakhalat", "An town entered.", "village", "A village entered."),
        ("balda dakhalat", "dakhalat", "a town entered.", "UN base", "a UN base entered."),
        ("balda dakhalat", "dakhalat", "an town entered.", "hour", "an hour entered."),
        ("dakhalat balda qadima", "dakhalat", "forces entered the old town.", "city",
         "forces entered the city."),
    ],
)  # fmt: skip
def test_the_term_takes_the_place_of_the_words_that_say_it(
    source: str, less: str, target: str, form: str, expected: str
) -> None:
    liked = {"the": -3.0, "town": -3.0}
    ((best, *_),) = with_term(Toy(SAYS, liked=liked), [draft(source, less, target, form)], LONGEST)
    assert text(best) == expected
    assert best.finished


def test_of_several_forms_the_likeliest_comes_first() -> None:
    liked = {"Troop": -4.0, "Troops": -0.5}
    (found,) = with_term(Toy(SAYS, liked=liked), [draft(*ENTERED, "troop", "troops")], LONGEST)
    assert [text(one).split()[0] for one in found] == ["Troops", "Troop"]
    assert found[0].score == pytest.approx((-0.5 - 0.1 - 1 - 0.1 - 0.1 - 1 + 0) / 7)


def test_what_a_longer_term_says_goes_with_it_where_that_is_likelier() -> None:
    """Of a name of two words the second follows from the first, and loses nothing."""
    says, liked = {"United": "muttahida"}, {"Nations": -4.0}
    one = draft("al muttahida amarat", "amarat", "the United Nations said.", "UN")
    ((best, other),) = with_term(Toy(says, liked=liked), [one], LONGEST)
    assert text(best) == "the UN said."
    assert text(other) == "the UN Nations said."
    short = draft("muttahida amarat", "amarat", "the United Nations said.", "UN")
    ((only,),) = with_term(Toy(says, liked=liked), [short], LONGEST)
    assert text(only) == "the UN Nations said."


@pytest.mark.parametrize(
    ("less", "target", "form"),
    [
        ("dakhalat balda qadima", "they entered the old town.", "troops"),  # nothing says it
        ("dakhalat balda qadima", "", "troops"),
        ("dakhalat balda qadima", "forces entered, forces.", "troops"),  # two places
        ("dakhalat balda qadima", "it has 12 to enter.", "troops"),
        ("dakhalat balda qadima", "how to enter.", "troops"),
        ("dakhalat balda qadima", "forces entered the old town.", "<unk>"),
        ("dakhalat balda qadima", "forces entered the <unk> town.", "troops"),
        ("dakhalat balda qadima", "forces entered the old town" + " so" * 506, "troops"),
    ],
)
def test_where_there_is_no_place_nothing_is_written(less: str, target: str, form: str) -> None:
    one = draft(ENTERED[0], less, target, "troops")
    form_pieces = pieces(form)
    one = Draft(one.source, one.without, one.target, [form_pieces], [form_pieces])
    assert with_term(Toy(SAYS), [one], LONGEST) == [[]]


def test_nothing_asked_nothing_given() -> None:
    assert with_term(Toy(SAYS), [], LONGEST) == []


def test_a_hypothesis_stays_within_the_greatest_length() -> None:
    one = draft(*ENTERED, "very well armed troops", "troops")
    (found,) = with_term(Toy(SAYS), [one], 7)
    assert [text(hypothesis) for hypothesis in found] == ["Troops entered the old town."]


@pytest.fixture(scope="module", params=SHARED)
def tiny(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Engine:
    if request.param == "torch":
        return ENGINES["torch"].load(TINY)
    convert(TINY, folder := tmp_path_factory.mktemp("converted"), "int8")
    return ENGINES["ctranslate2"].load(folder, compute="int8")


SEEDS = [
    (
        "أزال فريق من 45 خبيرا 1,240 لغما من الأراضي الزراعية شمال البصرة، حسبما ذكر المركز الوطني"
        " لإزالة الألغام يوم الثلاثاء.",
        "لغما",
        "landmines",
        "A team of 45 experts removed 1,240 landmines from farmland north of Basra, the National"
        " Demining Center said on Tuesday.",
    ),
    (
        "ودعت الأمم المتحدة جميع الأطراف إلى التعاون مع السلطات المحلية.",
        "الأمم المتحدة",
        "UN",
        "The UN called on all parties to cooperate with the local authorities.",
    ),
    (
        "وسمحت السلطات بعودة 613 مزارعا إلى حقولهم في محيط البصرة.",
        "مزارعا",
        "peasants",
        "The authorities allowed 613 peasants to return to their fields around Basra.",
    ),
    ("كما عثر الخبراء على 97 قذيفة لم تنفجر في العمارة.", "الخبراء", "specialists", None),
]


def test_a_real_model_writes_terms_and_changes_nothing_else(tiny: Engine) -> None:
    tokenizer = tokens.load(TINY)
    sources = [tokenizer.encode(source) for source, *_ in SEEDS]
    drafts = [
        Draft(
            source,
            tokenizer.encode(seed.replace(f" {term}", "")),
            hypothesis.tokens,
            [tokenizer.encode_target(form)],
            [tokenizer.encode_target(form.capitalize())],
        )
        for (seed, term, form, _), source, hypothesis in zip(
            SEEDS, sources, tiny.generate(sources, DecodeOptions()), strict=True
        )
    ]
    found = with_term(tiny, drafts, LONGEST)
    said = [tokenizer.decode(one[0].tokens) if one else None for one in found]
    assert said == [expected for *_, expected in SEEDS]
    alone = [with_term(tiny, [one], LONGEST)[0] for one in drafts]
    assert [[h.tokens for h in one] for one in alone] == [[h.tokens for h in one] for one in found]
