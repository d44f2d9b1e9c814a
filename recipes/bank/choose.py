"""Which renderings are worth their place: those that detectors nearly mistake for their words, and others."""

import numpy as np
import numpy.typing as npt

__all__ = ["choose"]


def choose(
    scores: npt.NDArray[np.float64],
    of: npt.NDArray[np.int32],
    count: int,
    random_share: float,
    rng: np.random.Generator,
) -> npt.NDArray[np.int64]:
    """Rows to keep.

    Args:
        scores: (models, rows), the highest of each row.
        of: (rows,): the stretch that each is a rendering of.
        count: rows to keep.
        random_share: of them, drawn by chance: first one rendering of each stretch, since what nearly
            fools a word that nobody has thought of yet may be anywhere.
        rng: draws them.

    Returns:
        (count,) or fewer, rising: the models take turns, each with its highest row that is left.
    """
    models, rows = scores.shape
    count = min(count, rows)
    by_chance = count if not models else round(count * random_share)
    shuffled = rng.permutation(rows)
    _, first = np.unique(of[shuffled], return_index=True)
    is_first = np.zeros(rows, bool)
    is_first[first] = True
    order = np.concatenate((shuffled[is_first], shuffled[~is_first]))
    kept = np.zeros(rows, bool)
    kept[order[:by_chance]] = True
    queues = [iter(ranked) for ranked in np.argsort(-scores, axis=1, kind="stable")]
    turn = 0
    while kept.sum() < count:
        kept[next(row for row in queues[turn % models] if not kept[row])] = True
        turn += 1
    return np.flatnonzero(kept)
