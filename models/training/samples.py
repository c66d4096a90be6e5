"""Training windows: neighbouring targets and distant references with a mark burnt in, as a decoder and a detector hand them over."""
import math

import cv2
import numpy as np

from damage import damage
from holes import detect
from marks import compose, draw_mark

TARGETS = 4
SEEN = 8  # frames of a window that the network sees
LENDING = 8  # references that lend their pixels to the candidates


def crop_size(rng):
    """(H, W): the network's own multiples."""
    return rng.choices(((96, 192), (128, 256), (64, 256), (160, 192)), (80, 8, 7, 5))[0]


def as_product(rng, count):
    """References at the distances that the product takes (`src/restore/windows.ts`), as far as the clip goes."""
    first = rng.randint(0, count - TARGETS)
    last = first + TARGETS - 1
    wishes = [t for d in (6, 14, 1, 22, 3, 30) for t in (first - d, last + d)]
    return list(range(first, last + 1)), [t for t in wishes if 0 <= t < count][:LENDING]


def at_random(rng, count):
    """2 ... 4 references, near and far, on both sides; targets may be 2 or 3 frames apart."""
    step = min(rng.choices((1, 2, 3), (70, 20, 10))[0], (count - 1) // (TARGETS + 1))
    first = rng.randint(0, count - 1 - step * (TARGETS - 1))
    last = first + step * (TARGETS - 1)
    others = [t for t in range(count) if t < first - 1 or t > last + 1] or [0, count - 1]
    near = [t for t in others if first - 20 <= t <= last + 20] or others
    references = [rng.choice(near if rng.random() < 0.75 else others) for _ in range(rng.choices((2, 3, 4), (45, 25, 30))[0])]
    return list(range(first, last + 1, step)), references


def times(rng, count):
    """Frame indices of a clip of `count` frames: 4 targets in order, then references. Half of the windows run backwards."""
    targets, references = (as_product if rng.random() < 0.5 else at_random)(rng, count)
    return (targets[::-1] if rng.random() < 0.5 else targets), references


def sharpest(rng, clip, h, w):
    """The corner of the sharper one of two crops of h x w samples: enlarged crops should still have detail."""
    best = None
    for _ in range(2):
        y, x = rng.randint(0, clip.shape[1] - h), rng.randint(0, clip.shape[2] - w)
        detail = cv2.Laplacian(clip[0, y : y + h, x : x + w, 1], cv2.CV_32F).var()
        if best is None or detail > best[0]:
            best = (detail, y, x)
    return best[1:]


def moving_crops(rng, clip, when, height, width):
    """Crops [T, height, width, 3] at the given times; a third of them enlarged, as footage of more lines would be."""
    room = min(clip.shape[1] / height, clip.shape[2] / width)
    scale = rng.uniform(1.25, 2.2) if rng.random() < 0.35 else rng.uniform(0.6, 1) if rng.random() < 0.15 else 1.0
    scale = max(scale, 1 / room)
    h, w = math.floor(height / scale), math.floor(width / scale)
    y, x = sharpest(rng, clip, h, w) if scale > 1 else (rng.randint(0, clip.shape[1] - h), rng.randint(0, clip.shape[2] - w))
    frames = np.ascontiguousarray(clip[when, y : y + h, x : x + w])
    if (h, w) == (height, width):
        return frames
    how = cv2.INTER_CUBIC if scale > 1 else cv2.INTER_AREA
    frames = np.stack([cv2.resize(f, (width, height), interpolation=how) for f in frames])
    if scale > 1.2:  # enlarged pictures lack the edges of real ones
        soft = np.stack([cv2.GaussianBlur(f, (0, 0), 1.2) for f in frames]).astype(np.float32)
        frames = np.clip(frames + rng.uniform(0.3, 1.2) * (frames - soft), 0, 255).astype(np.uint8)
    return frames


def still_crops(rng, clip, when, height, width):
    """One frame under a synthetic camera that pans, zooms and turns at a steady pace, or stands still."""
    still = np.ascontiguousarray(clip[rng.randrange(len(clip))])
    h, w = still.shape[:2]
    pace = 0 if rng.random() < 0.35 else 1
    dx, dy, turn, zoom = (pace * rng.gauss(0, s) for s in (0.8, 0.4, 0.05, 0.0015))
    scale = max(rng.uniform(0.8, 1.8), height / h, width / w)
    cx, cy = (rng.uniform(0.5 * n / scale, size - 0.5 * n / scale) for n, size in ((width, w), (height, h)))
    frames = []
    for t in when:
        k = t - when[0]
        m = cv2.getRotationMatrix2D((cx + dx * k, cy + dy * k), turn * k, scale * math.exp(zoom * k))
        m[:, 2] += (width / 2 - cx - dx * k, height / 2 - cy - dy * k)
        frames.append(cv2.warpAffine(still, m, (width, height), flags=cv2.INTER_CUBIC, borderMode=cv2.BORDER_REFLECT_101))
    return np.stack(frames)


def crops(rng, clips, height, width):
    """Clean window uint8 [T, height, width, 3]; one in twenty has a cut inside, after which another shot shows."""
    clip = rng.choice(clips)
    targets, references = times(rng, len(clip))
    when = targets + references
    make = still_crops if rng.random() < 0.15 else moving_crops
    clean = make(rng, clip, when, height, width)
    if rng.random() < 0.05:
        other = rng.choice(clips)
        cut = rng.randint(1, len(when) - 1)
        clean[cut:] = moving_crops(rng, other, [t % len(other) for t in when[cut:]], height, width)
    if rng.random() < 0.3:
        clean = np.clip(clean * rng.uniform(0.6, 1.25) + rng.uniform(-25, 25), 0, 255).astype(np.uint8)
    return clean, when


def strengths(rng, kind, when):
    """How much of the mark shows in each frame: fixed, with its end or beginning inside, fading, or blinking."""
    on = np.ones(len(when), np.float32)
    way = rng.random()
    if way < 0.3 and kind != 'logo':
        t = rng.randint(1, TARGETS - 1)
        on[: TARGETS][slice(t, None) if rng.random() < 0.5 else slice(0, t)] = 0
    elif way < 0.4:
        ramp = np.clip(rng.uniform(-0.5, 0.8) + np.arange(TARGETS) * rng.uniform(0.15, 0.4), 0, 1)
        on[:TARGETS] = ramp if rng.random() < 0.5 else ramp[::-1]
    elif way < 0.45:
        on[:] = [rng.random() < 0.6 for _ in when]
    for i in range(TARGETS, len(when)):
        if kind != 'logo' and rng.random() < 0.3:
            on[i] = 0
    return on


def moved(layer, dx, dy):
    m = np.float32([[1, 0, dx], [0, 1, dy]])
    layer = cv2.warpAffine(layer, m, layer.shape[1::-1], flags=cv2.INTER_LINEAR)
    layer[..., 3][layer[..., 3] < 0.02] = 0
    return layer


def marked(rng, clean, when):
    """(marked picture uint8 [T, H, W, 3], true mask bool [T, H, W], whether the mark stands still)."""
    count, height, width = clean.shape[:3]
    kind, layers = draw_mark(rng, height, width, count)
    on = strengths(rng, kind, when)
    if rng.random() < 0.1:
        vx, vy = rng.gauss(0, 1.5), rng.gauss(0, 0.7)
        layers = [moved(layer, vx * (t - when[0]), vy * (t - when[0])) for layer, t in zip(layers, when)]
        kind = 'moving'
    out = np.stack([compose(c / np.float32(255), layer, s) for c, layer, s in zip(clean, layers, on)])
    true = np.stack([layer[..., 3] * s > 0 for layer, s in zip(layers, on)])
    return (out * 255 + 0.5).astype(np.uint8), true, kind != 'moving'


def draw(rng, clips, size=None):
    """A window that has a hole worth filling: dict of rgb and truth uint8 [T, H, W, 3], mask uint8 [T, H, W] (255 = hidden),
    marks fixed or not, all drawn from the generator `rng`.
    References in which nothing is hidden come first."""
    while True:
        clean, when = crops(rng, clips, *(size or crop_size(rng)))
        rgb, true, fixed = marked(rng, clean, when)
        mask = detect(rng, true, TARGETS, fixed)
        share = mask.mean((1, 2))
        if mask[:TARGETS].sum() < 400 or share.max() > 0.6:
            continue
        rgb = damage(rng, rgb, TARGETS)
        hidden = [t < TARGETS or bool(mask[t].any()) for t in range(len(mask))]
        order = [*range(TARGETS), *(t for t, h in enumerate(hidden) if not h), *(t for t, h in enumerate(hidden) if h and t >= TARGETS)]
        return dict(rgb=rgb[order], truth=clean[order], mask=mask[order].astype(np.uint8) * 255, fixed=fixed)
