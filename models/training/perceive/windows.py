"""Training windows: a scene, marks burnt in, what broadcasting does to them, and the maps that the network should give."""
import functools

import cv2
import numpy as np

from perceive.network import CLASSES, SCALE
from perceive.overlays import draw_marks
from perceive.scenes import add_sheet, draw_scene

FAINT = 0.02  # alpha below this is no mark
LEAST_SHOWN = 2.0  # levels: marks that change the picture less than this are neither demanded nor forbidden
ANY, SCENE = CLASSES.index('mark'), CLASSES.index('scene')


def burn(frames, mark):
    """Lays a mark over float32 [5, h, w] in place -> (mask [h, w] of what it covers at any time, mean change in levels)."""
    height, width = frames.shape[1:]
    covered, change, count = np.zeros((height, width), bool), 0.0, 0
    for frame, layer in zip(frames, mark.layers):
        if layer is None:
            continue
        value, alpha, x, y = layer
        x0, y0, x1, y1 = max(0, x), max(0, y), min(width, x + value.shape[1]), min(height, y + value.shape[0])
        if x1 <= x0 or y1 <= y0:
            continue
        a = alpha[y0 - y : y1 - y, x0 - x : x1 - x]
        a = np.where(a < FAINT, 0, a)
        part, shown = frame[y0:y1, x0:x1], a > 0
        step = a * (value[y0 - y : y1 - y, x0 - x : x1 - x] - part)
        part += step
        covered[y0:y1, x0:x1] |= shown
        change, count = change + float(np.abs(step).sum()), count + int(shown.sum())
    return covered, change / max(1, count)


def region(covered, join):
    """Letters of one text joined to lines: a closing by about half a letter across and less downwards."""
    kx, ky = (2 * int(k / 2) + 1 for k in join)
    if max(kx, ky) < 3:
        return covered
    padded = cv2.copyMakeBorder(covered.astype(np.uint8), ky, ky, kx, kx, cv2.BORDER_CONSTANT, value=0)
    closed = cv2.morphologyEx(padded, cv2.MORPH_CLOSE, np.ones((ky, kx), np.uint8))
    return closed[ky:-ky, kx:-kx] > 0


def as_map(mask, height, width):
    """bool at the canvas -> uint8 map at half of the input: 0 free, 1 not judged (its rim), 2 marked."""
    share = cv2.resize(mask.astype(np.float32), (width // SCALE, height // SCALE), interpolation=cv2.INTER_AREA)
    inside = (share > 0.2).astype(np.uint8)
    rim = cv2.dilate((share > 0.001).astype(np.uint8), np.ones((3, 3), np.uint8))
    return np.maximum(rim, 2 * inside)


@functools.lru_cache(2)
def grain_bank(coarse):
    """Normal noise of deviation 1, larger than any canvas: drawing it anew costs more than all the rest."""
    grain = np.random.default_rng(5).standard_normal((1300, 1300), np.float32)
    return cv2.GaussianBlur(grain, (0, 0), 0.8) * 2.8 if coarse else grain


def noisy(rng, frames):
    """Grain, new in every frame, fine or a little coarse; none at all at times."""
    if rng.random() < 0.3:
        return frames
    strength, bank = rng.uniform(0.3, 5), grain_bank(rng.random() < 0.4)
    height, width = frames.shape[1:]
    for frame in frames:
        y, x = rng.randint(0, bank.shape[0] - height), rng.randint(0, bank.shape[1] - width)
        frame += strength * bank[y : y + height, x : x + width]
    return frames


def coded(grey, quality):
    return cv2.imdecode(cv2.imencode('.jpg', grey, [cv2.IMWRITE_JPEG_QUALITY, quality])[1], cv2.IMREAD_GRAYSCALE)


def broadcast(rng, frames):
    """uint8 [5, h, w] through transform coding, each frame alone or as its difference to the one decoded before."""
    way = rng.random()
    if way < 0.2:
        return frames
    quality, out = rng.randint(30, 95), []
    for t, frame in enumerate(frames):
        if t == 0 or way < 0.55:
            out.append(coded(frame, quality))
            continue
        step = frame.astype(np.int16) - out[-1]
        if rng.random() < 0.7:  # blocks that hardly change are skipped
            small = cv2.resize(np.abs(step).astype(np.float32), (step.shape[1] // 8, step.shape[0] // 8), interpolation=cv2.INTER_AREA)
            keep = cv2.resize((small > rng.uniform(1, 4)).astype(np.uint8), step.shape[::-1], interpolation=cv2.INTER_NEAREST)
            step = step * keep
        change = coded(np.clip(step // 2 + 128, 0, 255).astype(np.uint8), min(95, quality + 5))
        out.append(np.clip(out[-1] + (change.astype(np.int16) - 128) * 2, 0, 255).astype(np.uint8))
    return np.stack(out)


def toned(rng, frames):
    """Gamma, contrast, brightness; half of them to studio range."""
    ramp = np.linspace(0, 1, 256)
    ramp = ramp ** (rng.uniform(0.7, 1.4) if rng.random() < 0.4 else 1)
    gain = rng.uniform(0.6, 1) if rng.random() < 0.4 else 1
    ramp = ramp * gain + rng.uniform(0, 1 - gain)
    low, high = (16, 235) if rng.random() < 0.6 else (0, 255)
    table = np.clip(np.rint(low + ramp * (high - low)), 0, 255).astype(np.uint8)
    return cv2.LUT(frames, table)


def letterboxed(rng, frames):
    h = frames.shape[1]
    bar = round(h * rng.uniform(0.04, 0.13))
    frames[:, :bar] = frames[:, h - bar :] = rng.choice((0.0, 0.0, 8.0))
    return frames


def canvas_of(rng, height, width):
    """The picture before it is scaled to the network's lines: the same, 1.5 or 2 times as large."""
    k = rng.choices((1, 1.5, 2), (40, 20, 40))[0] if height < 300 else 1
    return round(height * k), round(width * k)


def draw(rng, shots, height, width, marks=None, still=None):
    """One window: dict of luma uint8 [5, height, width], maps uint8 [7, height / 2, width / 2] (0 free, 1 not judged, 2 marked),
    names of its marks with their regions [(name, bool [height / 2, width / 2])], and whether the shot is still.

    `marks` (drawn marks of a canvas) and `still` fix what is left to chance otherwise: `marks` is called with (rng, height, width).
    """
    ch, cw = canvas_of(rng, height, width)
    scene = draw_scene(rng, shots, ch, cw)
    while still is not None and scene.still != still:
        scene = draw_scene(rng, shots, ch, cw)
    maps = np.zeros((len(CLASSES), height // SCALE, width // SCALE), np.uint8)
    for _ in range(rng.choices((0, 1, 2, 3, 5), (45, 20, 17, 12, 6))[0]):
        seen = add_sheet(rng, scene, ch, cw)
        if seen is not None:
            maps[SCENE] = np.maximum(maps[SCENE], as_map(seen, height, width))
    if rng.random() < 0.06:
        scene.frames = letterboxed(rng, scene.frames)
    late = rng.random() < 0.3
    frames = scene.frames if late else noisy(rng, scene.frames)
    drawn = marks(rng, ch, cw) if marks else draw_marks(rng, ch, cw) if rng.random() < 0.5 else []
    parts = []
    for mark in drawn:
        covered, change = burn(frames, mark)
        judged = as_map(region(covered, mark.join), height, width)
        if not (judged == 2).any():
            continue
        if change < LEAST_SHOWN:
            judged = np.minimum(judged, 1)
        else:
            parts.append((mark.name, judged == 2))
        for c in (ANY, CLASSES.index(mark.kind)):
            maps[c] = np.maximum(maps[c], judged)
        if mark.kind == 'band':  # letters of a band may be called text
            maps[CLASSES.index('text')] = np.maximum(maps[CLASSES.index('text')], np.minimum(judged, 1))
    if drawn:
        maps[SCENE] = np.where(maps[ANY] > 0, np.minimum(maps[SCENE], 1), maps[SCENE])
    frames = noisy(rng, frames) if late else frames
    frames = broadcast(rng, np.clip(np.rint(frames), 0, 255).astype(np.uint8))
    if (ch, cw) != (height, width):
        frames = np.stack([cv2.resize(f, (width, height), interpolation=cv2.INTER_AREA) for f in frames])
    return {'luma': toned(rng, frames), 'maps': maps, 'parts': parts, 'still': scene.still}
