"""Training examples: noise never touches what a summary has to name."""

from random import Random

from hypothesis import given
from hypothesis import strategies as st

from models.tiny.examples import Pair, events, summary_pair, translation_pairs, with_errors
from models.tiny.world import event, mentions


@given(st.integers(0, 10**9), st.integers())
def test_errors_leave_the_facts_of_the_summary_alone(seed: int, noise: int) -> None:
    pair = summary_pair(event(seed))
    noisy = with_errors(pair, Random(noise))
    needed, left = mentions(pair.target), mentions(noisy.source)
    assert noisy.target == pair.target
    assert needed.numbers <= left.numbers
    assert needed.names <= left.names
    assert needed.places <= left.places
    assert abs(len(noisy.source.split()) - len(pair.source.split())) <= 3


def test_errors_do_happen() -> None:
    pair = Pair("one two three four five six", "")
    sources = {with_errors(pair, Random(seed)).source for seed in range(60)}
    lengths = {len(source.split()) for source in sources}
    assert len(sources) > 40
    assert {5, 6, 7} <= lengths


def test_a_sentence_told_twice_is_learnt_once() -> None:
    told = events(5, 40)
    pairs = translation_pairs(told + told)
    assert pairs == translation_pairs(told)
    assert len(set(pairs)) == len(pairs)
