"""Quality on recordings that are never trained on: average precision a class, and marks found when hardly anything clean is called marked."""
import random

import numpy as np
import torch

from perceive.network import CLASSES
from perceive.overlays import MAKERS
from perceive.windows import ANY, draw

BINS = 2000
FALSE_AREA = 3e-5  # share of clean pictures that may be called marked


def windows(shots, each, seed=11):
    """The same windows every time: `each` a kind of mark on moving and as many on still shots, and as many without any mark."""
    rng, made = random.Random(seed), []
    for still in (False, True):
        for maker in MAKERS.values():
            made += [draw(rng, shots, 272, 480, lambda r, h, w, maker=maker: [maker(r, h, w)], still) for _ in range(each)]
        made += [draw(rng, shots, 272, 480, lambda r, h, w: [], still) for _ in range(each * len(MAKERS))]
    return made


def average_precision(positive, negative):
    """From counts a score bin, ascending."""
    hits, wrong = positive[::-1].cumsum(), negative[::-1].cumsum()
    if not hits[-1]:
        return 0.0
    precision = hits / np.maximum(1, hits + wrong)
    return float((precision * np.diff(hits, prepend=0)).sum() / hits[-1])


def best_f1(positive, negative):
    """The largest F-measure over all thresholds, from counts a score bin, ascending: pixels that nothing is asked of left out."""
    hits, called = positive[::-1].cumsum(), (positive + negative)[::-1].cumsum()
    return float((2 * hits / np.maximum(1, called + positive.sum())).max())


@torch.no_grad()
def scores(network, made):
    """uint16 bins [7, h, w] a window."""
    for s in made:
        out = network(torch.from_numpy(s['luma'])[None].float() / 255)[0].numpy()
        yield s, np.minimum((out * BINS).astype(np.int32), BINS - 1)


def validate(network, made):
    """dict: ap.CLASS; f1.mark, at its best threshold; threshold of `mark` with FALSE_AREA; moving.KIND and still.KIND: share of marks with half of their area found at it."""
    count = np.zeros((len(CLASSES), 2, BINS), np.int64)
    clean, kept = np.zeros(BINS, np.int64), []
    for s, bins in scores(network, made):
        for c in range(len(CLASSES)):
            for k, label in enumerate((0, 2)):
                count[c, k] += np.bincount(bins[c][s['maps'][c] == label], minlength=BINS)
        if s['parts']:
            kept += [(s['still'], name, bins[0][where]) for name, where in s['parts']]
        else:
            clean += np.bincount(bins[0].ravel(), minlength=BINS)
    above = clean[::-1].cumsum()[::-1]
    limit = int(np.argmax(above <= FALSE_AREA * clean.sum())) if (above <= FALSE_AREA * clean.sum()).any() else BINS
    result = {'ap.' + name: round(average_precision(count[c, 1], count[c, 0]), 4) for c, name in enumerate(CLASSES)}
    result['f1.mark'] = round(best_f1(count[ANY, 1], count[ANY, 0]), 4)
    result['threshold'] = limit / BINS
    for still in (False, True):
        for kind in MAKERS:
            found = [float((b >= limit).mean()) for s, name, b in kept if s == still and name == kind]
            result[('still.' if still else 'moving.') + kind] = round(float(np.mean([f > 0.5 for f in found])), 3) if found else None
    for still in (False, True):
        found = [float((b >= limit).mean()) > 0.5 for s, _, b in kept if s == still]
        result['still' if still else 'moving'] = round(float(np.mean(found)), 4)
    return result
