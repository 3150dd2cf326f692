"""Puts a wanted term into a hypothesis, in the place of the words that now say it.

Which words these are the model tells itself: those whose probability falls most when the term is
left out of the source and also when unknown words stand for it (occlusion: Zeiler and Fergus 2014;
as word alignment, Li et al. 2019). The term takes their place; all else stays as it is.

Two other ways were tried with the bundled model, and lost text. Forcing the term at every place of
the hypothesis and decoding the rest, the best score winning, sets it near the end, and what stood
behind it is gone. Decoding the rest anew from the right place changes verbs and leaves out phrases.

Costs three passes over source and target and one more for each candidate, at most SPANS times the
forms: no decoding.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise, takewhile
from operator import itemgetter

from models.engines.engine import Engine, Hypothesis, Tokens
from models.tokens import UNKNOWN

WORD_START = "\u2581"  # SentencePiece's mark

_UNKNOWN_WORD = (WORD_START, UNKNOWN)
_INDEFINITE = {f"{WORD_START}{word}" for word in ("a", "an")}
_ARTICLES = {*_INDEFINITE, f"{WORD_START}the"}

# English words of grammar: a term takes the place of none of them.
_GRAMMAR = """
    a about after all also an and any are as at be been before between but by can could did do
    does for from had has have he her his how if in into is it its may more most must no not of on
    or our out over said she should since so some such than that the their them then there these
    they this those to under until up was we were what when where which while who why will with
    would you your
"""
_FUNCTION = frozenset(_GRAMMAR.split())

# Nats that a word must lose when the term is left out: less is what any change of a source does.
CLUE = 0.1
# Its neighbours say the term with it where they lose so much of what it loses.
NEIGHBOUR = 0.5
SPANS = 8


@dataclass(frozen=True, slots=True)
class Draft:
    """A hypothesis that lacks a term.

    `without` are the tokens of the source with the term left out. `forms` are the tokens of what
    may be written for it, `openings` the same as they stand at the beginning of a sentence.
    """

    source: Tokens
    without: Tokens
    target: Tokens
    forms: Sequence[Tokens]
    openings: Sequence[Tokens]


def with_term(engine: Engine, drafts: Sequence[Draft], longest: int) -> list[list[Hypothesis]]:
    """Hypotheses of fewer than `longest` tokens that have the term, the likeliest first.

    None where its place is not found, where the draft is as long, or where it has tokens that the
    model cannot write: they would be lost.
    """
    fit = [n for n, one in enumerate(drafts) if _is_fit(one, longest)]
    candidates = [
        (number, tokens)
        for number, spans in zip(fit, _places(engine, [drafts[n] for n in fit]), strict=True)
        for tokens in _candidates(drafts[number], spans, longest)
    ]
    found: list[list[tuple[float, Hypothesis]]] = [[] for _ in drafts]
    for number, likelihood, hypothesis in _scored(engine, drafts, candidates):
        found[number].append((likelihood, hypothesis))
    return [[one for _, one in sorted(some, key=itemgetter(0), reverse=True)] for some in found]


def _is_fit(draft: Draft, longest: int) -> bool:
    return len(draft.target) < longest and UNKNOWN not in draft.target


def _places(engine: Engine, drafts: Sequence[Draft]) -> list[list[tuple[int, int]]]:
    """For each draft the spans of tokens that may say the term, the smallest first."""
    sources = [source for draft in drafts for source in _sources(draft)]
    targets = [draft.target for draft in drafts for _ in range(3)]
    scores = engine.score(sources, targets)
    return [
        _spans(draft, [whole - max(less, blank) for whole, less, blank in zip(*three, strict=True)])
        for draft, *three in zip(drafts, scores[::3], scores[1::3], scores[2::3], strict=True)
    ]


def _sources(draft: Draft) -> tuple[Tokens, Tokens, Tokens]:
    """The source as it is, without the term, and with unknown words in its place."""
    source, less = draft.source, draft.without
    start = _common(source, less)
    after = _common(source[start:][::-1], less[start:][::-1])
    blank = (*source[:start], *_UNKNOWN_WORD * _width(draft), *source[len(source) - after :])
    return source, less, blank


def _common(some: Tokens, others: Tokens) -> int:
    """Tokens that both begin with."""
    pairs = zip(some, others, strict=False)
    return sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], pairs))


def _spans(draft: Draft, losses: Sequence[float]) -> list[tuple[int, int]]:
    """Places for the term: all words that say it, and more where it has more in the source.

    None where nothing loses much, or where words that do stand apart: they may say other things.
    None either where numbers or function words alone would go.
    """
    words = list(_words(draft.target))
    lost = [sum(losses[start:end]) for start, end in words]
    most = max(lost, default=0.0)
    if most < CLUE:
        return []
    first = last = lost.index(most)
    while first and lost[first - 1] >= NEIGHBOUR * most:
        first -= 1
    while last + 1 < len(words) and lost[last + 1] >= NEIGHBOUR * most:
        last += 1
    said = {_letters(draft.target[start:end]) for start, end in words[first : last + 1]}
    if sum(one >= NEIGHBOUR * most for one in lost) > last - first + 1 or not _may_go(said):
        return []
    if first < last and _is_article(draft.target[words[first][0]]):
        first += 1
    spare = max(0, _width(draft) - (last - first + 1))
    runs = [
        (words[first - left][0], words[last + right][1])
        for left in range(min(spare, first) + 1)
        for right in range(min(spare - left, len(words) - 1 - last) + 1)
    ]
    return [run for run in runs if not _is_article(draft.target[run[0]])][:SPANS]


def _letters(tokens: Tokens) -> str:
    """A word in lower case, without its mark and what is written onto it."""
    return "".join(filter(str.isalnum, "".join(tokens))).lower()


def _may_go(words: set[str]) -> bool:
    return not words <= _FUNCTION and not any(any(map(str.isdigit, word)) for word in words)


def _is_article(token: str) -> bool:
    """An article stays before the term, though it may lose as much as its noun."""
    return token.lower() in _ARTICLES


def _words(target: Tokens) -> Iterator[tuple[int, int]]:
    """Start and end of each word, without the marks that are written onto its end."""
    starts = [at for at, token in enumerate(target) if token.startswith(WORD_START)]
    for start, after in pairwise((*starts, len(target))):
        end = after
        while end > start and not any(map(str.isalnum, target[end - 1])):
            end -= 1
        if end > start:
            yield start, end


def _width(draft: Draft) -> int:
    """Words of the source term."""
    return max(1, _count(draft.source) - _count(draft.without))


def _count(tokens: Tokens) -> int:
    """Words in tokens."""
    return sum(token.startswith(WORD_START) for token in tokens)


def _candidates(
    draft: Draft, spans: Sequence[tuple[int, int]], longest: int
) -> Iterator[tuple[str, ...]]:
    for start, end in spans:
        before, after = draft.target[:start], draft.target[end:]
        for form in draft.forms if start else draft.openings:
            tokens = (*_before(before, form), *form, *after)
            if len(tokens) < longest and UNKNOWN not in form:
                yield tokens


def _before(before: Tokens, form: Tokens) -> Tokens:
    """What stands before the term, "a" or "an" at its end as the term asks.

    Before u, h and capitals it stays: "a unit", "an hour", "an MP" are not told by letters.
    """
    article = "".join(before[-1:])
    first = "".join(form).removeprefix(WORD_START)[:1]
    if article.lower() not in _INDEFINITE or not first.islower() or first in "uh":
        return before
    wanted = WORD_START + ("an" if first in "aeio" else "a")
    return (*before[:-1], wanted if article.islower() else WORD_START + wanted[1:].capitalize())


def _scored(
    engine: Engine, drafts: Sequence[Draft], candidates: Sequence[tuple[int, tuple[str, ...]]]
) -> Iterator[tuple[int, float, Hypothesis]]:
    """Each candidate with the log-probability of the whole.

    What is left out must have been unlikely to be kept.
    """
    sources = [drafts[number].source for number, _ in candidates]
    scores = engine.score(sources, [tokens for _, tokens in candidates])
    for (number, tokens), own in zip(candidates, scores, strict=True):
        yield number, sum(own), Hypothesis(tokens, sum(own) / len(own), finished=True)
