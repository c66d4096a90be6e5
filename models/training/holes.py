"""Masks as a detector makes them from true ones: grown, ragged, boxed, kept over a whole cue, late or early by a frame."""
import cv2
import numpy as np


def disc(radius):
    return cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (2 * radius + 1, 2 * radius + 1))


def grown(rng, true):
    """bool [H, W] -> bool: grown by 2 ... 4 samples (up to 6 by chance), unevenly in half of all cases."""
    near = rng.choice((2, 2, 3, 3, 4, 6))
    mask = cv2.dilate(true.astype(np.uint8), disc(near))
    if rng.random() < 0.5:
        wide = cv2.dilate(true.astype(np.uint8), disc(near + rng.randint(1, 3)))
        coarse = np.random.default_rng(rng.getrandbits(32)).random((true.shape[0] // 12 + 1, true.shape[1] // 12 + 1), np.float32)
        where = cv2.resize(coarse, true.shape[::-1], interpolation=cv2.INTER_LINEAR) > 0.5
        mask = np.where(where, wide, mask)
    if rng.random() < 0.2:
        mask = cv2.morphologyEx(mask, cv2.MORPH_CLOSE, disc(rng.randint(2, 6)))
    return mask > 0


def boxed(mask):
    ys, xs = np.nonzero(mask)
    box = np.zeros_like(mask)
    if len(ys):
        box[ys.min() : ys.max() + 1, xs.min() : xs.max() + 1] = True
    return box


def detect(rng, true, neighbours, fixed):
    """true bool [T, H, W], of which the first `neighbours` frames are consecutive -> bool [T, H, W].

    A fixed mark gets one mask wherever it shows; others get one a frame. One window in twelve misses the mark's first or
    last frame, as a detector does that is late, or marks a frame too much.
    """
    shown = true.any((1, 2))
    if fixed:
        one = grown(rng, true.any(0))
        if rng.random() < 0.08 and boxed(one).mean() < 0.3:
            one = boxed(one)
        mask = shown[:, None, None] & one[None]
    else:
        state = rng.getstate()
        mask = np.zeros_like(true)
        for t in np.flatnonzero(shown):
            rng.setstate(state)
            mask[t] = grown(rng, true[t])
    edge = [t for t in range(1, neighbours) if shown[t] != shown[t - 1]]
    if edge and rng.random() < 0.25:
        t = edge[0]
        late, early = (t, t - 1) if shown[t] else (t - 1, t)
        if rng.random() < 0.3:
            mask[late] = False
        else:
            mask[early] = mask[late]
    return mask
