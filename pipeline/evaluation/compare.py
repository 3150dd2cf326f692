"""Two evaluations of the same documents: what changed, and whether chance explains it.

Paired bootstrap resampling (Koehn 2004): both runs are scored on the same resamples. For BLEU and
chrF by sacreBLEU, over segments; for the others in the same manner, over documents.
"""

from collections.abc import Iterator, Sequence
from os import environ
from typing import TYPE_CHECKING

from pipeline.evaluation import scores
from pipeline.evaluation.align import Unit, common
from pipeline.evaluation.evaluate import ratios_of, with_rouge
from pipeline.evaluation.findings import Change, Comparison, LeftOut, Measured

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

SAMPLES = 1_000
# Pairs below which no paired test can find a difference at the usual level of 5 %: even where all
# of five differ in one direction, signs drawn by chance do so in one of 16 sets (2 / 2**5).
FEWEST = 6

Pair = tuple[Measured, Measured]
Share = tuple[float, float]


def compare(earlier: str, before: Sequence[Measured], now: Sequence[Measured]) -> Comparison:
    """What changed from the documents of an evaluation kept in the file `earlier`.

    Documents belong together by id and text, segments by the lines of reference that they are of.
    """
    theirs, ours = ({one.id: one for one in documents} for documents in (before, now))
    left_out = [LeftOut(name, "only in the earlier run") for name in theirs if name not in ours]
    left_out += [LeftOut(name, "only in this run") for name in ours if name not in theirs]
    pairs = [(with_rouge(theirs[name]), ours[name]) for name in ours if name in theirs]
    left_out += [LeftOut(pair[1].id, reason) for pair in pairs for reason in _differences(*pair)]
    pairs = [pair for pair in pairs if pair[0].sha256 == pair[1].sha256]
    units = [unit for pair in pairs for unit in common(pair[0].units, pair[1].units) or ()]
    changes = (_changed_scores(units) if units else {}) | _changed_shares(pairs)
    ordered = {name: changes[name] for name in scores.METRICS if name in changes}
    return Comparison(earlier, method(), ordered, tuple(left_out))


def method() -> str:
    """How chance is reckoned with. The seed is sacreBLEU's: 12345, or SACREBLEU_SEED."""
    return f"paired bootstrap, {SAMPLES:,} samples, seed {_seed()}"


def _seed() -> int | None:
    seed = environ.get("SACREBLEU_SEED", "12345")
    return None if seed.lower() == "none" else int(seed)


def _differences(before: Measured, now: Measured) -> Iterator[str]:
    """Why some of a document cannot be compared."""
    if before.sha256 != now.sha256:
        yield "another text than in the earlier run"
    elif before.untranslated or now.untranslated:
        if bool(before.untranslated) != bool(now.untranslated):
            yield f"not translated in {'the earlier' if before.untranslated else 'this'} run"
    elif common(before.units, now.units) is None:
        yield "another reference translation than in the earlier run"
    elif before.summaries != now.summaries:
        yield "other reference summaries than in the earlier run"


def _changed_scores(units: Sequence[tuple[Unit, Unit]]) -> dict[str, Change]:
    """BLEU and chrF, resampled over units by sacreBLEU."""
    from sacrebleu.significance import PairedTest, Result

    before, now = ([pair[side].hypothesis for pair in units] for side in (0, 1))
    references = [[pair[1].reference for pair in units]]
    systems: list[tuple[str, Sequence[str]]] = [("before", before), ("now", now)]
    changes = {}
    for name, measure in scores.measures().items():
        _, table = PairedTest(systems, {name: measure}, references, "bs", SAMPLES)()
        results = [one for row in table.values() for one in row if isinstance(one, Result)]
        [(old, old_ci), (new, new_ci)] = [(one.score, float(one.ci or 0)) for one in results]
        p = _told(float(results[1].p_value or 0), old, new, len(units))
        changes[name] = Change(old, old_ci, new, new_ci, p, len(units))
    return changes


def _changed_shares(pairs: Sequence[Pair]) -> dict[str, Change]:
    """The metrics that are a share, resampled over documents."""
    found: dict[str, list[tuple[Share, Share]]] = {}
    for before, now in pairs:
        theirs, ours = ratios_of(before), ratios_of(now)
        for name in theirs.keys() & ours.keys():
            if _same_task(name, before, now):
                found.setdefault(name, []).append((theirs[name], ours[name]))
    return {name: _bootstrapped(shares) for name, shares in found.items()}


def _same_task(name: str, before: Measured, now: Measured) -> bool:
    if name in scores.ROUGE:
        return before.summaries == now.summaries
    if name == "segmentation" and before.boundaries and now.boundaries:
        return before.boundaries.wanted == now.boundaries.wanted
    return True


def _bootstrapped(shares: Sequence[tuple[Share, Share]]) -> Change:
    """As sacreBLEU's `_paired_bs_test`: how often resampled differences stray as far from their
    mean as the true difference is large."""
    import numpy as np
    from sacrebleu.significance import estimate_ci

    values = np.array(shares, dtype=float)  # documents × (before, now) × (part, whole)
    draw = np.random.default_rng(_seed())
    drawn = [values[draw.choice(len(values), len(values))].sum(0) for _ in range(SAMPLES)]
    before, now = _percent(values.sum(0))
    resampled = _percent(np.array(drawn))
    strays = np.abs(resampled[:, 1] - resampled[:, 0])
    beyond = int((strays - strays.mean() > abs(now - before)).sum())
    half = [float(estimate_ci(resampled[:, side])[1]) for side in (0, 1)]
    p = _told((beyond + 1) / (SAMPLES + 1), before, now, len(shares))
    return Change(float(before), half[0], float(now), half[1], p, len(shares))


def _percent(sums: "NDArray[np.float64]") -> "NDArray[np.float64]":
    """100 × part / whole along the last axis; 0 of nothing is 0."""
    import numpy as np

    part, whole = sums[..., 0], sums[..., 1]
    return 100 * np.divide(part, whole, out=np.zeros_like(part), where=whole > 0)


def _told(p: float, before: float, now: float, items: int) -> float | None:
    """No difference is no finding, though the formula calls it one; of few items nothing is."""
    if items < FEWEST:
        return None
    return 1.0 if before == now else float(p)
