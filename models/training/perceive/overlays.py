"""Marks at the geometry of whole pictures, in luma: what is laid over a window of five frames, where, and which pixels count as marked.

A layer is (value float32 0 ... 255 [h, w], alpha float32 0 ... 1 [h, w], x, y) in samples of the canvas, or None in a frame without it.
"""
import cv2
import numpy as np

from perceive.art import badge, emblem, paragraph, plain, word, written
from fonts import digits, phrase
from marks import text_style

FRAMES = 5


class Mark:
    """`kind` is the class; `layers` one a frame; `join` (samples, across and down): how far apart letters are still one text."""

    def __init__(self, kind, layers, join=(0, 0), name=None):
        self.kind, self.layers, self.join, self.name = kind, layers, join, name or kind


def softened(rng, p):
    """Soft edges and a glow, each by chance."""
    value, alpha = p
    if rng.random() < 0.35:
        alpha = cv2.GaussianBlur(alpha, (0, 0), rng.uniform(0.3, 1.1))
    if rng.random() < 0.05:
        alpha = np.maximum(alpha, rng.uniform(0.4, 0.9) * cv2.GaussianBlur(alpha, (0, 0), rng.uniform(1.5, 4)))
    return value, alpha


def corner(rng, height, width, h, w):
    """Upper left corner of something in a corner, sometimes elsewhere at an edge, seldom anywhere."""
    my, mx = (round(n * rng.uniform(0.015, 0.12)) for n in (height, width))
    where = rng.random()
    x = rng.choice((mx, width - w - mx)) if where < 0.85 else (width - w) // 2 if where < 0.93 else rng.randint(0, max(0, width - w))
    y = rng.choice((my, my, height - h - my)) if where < 0.95 else rng.randint(0, max(0, height - h))
    return max(0, x), max(0, y)


def fitted(p, most):
    """A piece scaled down to at most `most` columns."""
    if p[0].shape[1] <= most:
        return p
    size = (most, max(2, round(p[0].shape[0] * most / p[0].shape[1])))
    return tuple(cv2.resize(a, size, interpolation=cv2.INTER_AREA) for a in p)


def monochrome(rng, p):
    """A bug: white or grey, semi-transparent; at times only an embossed outline of it."""
    value, alpha = p
    if rng.random() < 0.15:
        edge = np.abs(cv2.Laplacian(alpha, cv2.CV_32F))
        alpha = np.clip(edge * 2, 0, 1)
    if rng.random() < 0.5:
        alpha = alpha * np.clip(np.abs(value - value.mean()) / 60 + 0.35, 0, 1)
    return np.full_like(value, rng.choice((255.0, 235.0, 200.0, 20.0))), alpha * rng.uniform(0.22, 0.8)


def make_logo(rng, height, width):
    size = max(8, round(height * (0.035 * 4.3 ** rng.random())))
    p = emblem(rng, size)
    p = monochrome(rng, p) if rng.random() < 0.35 else (p[0], p[1] * (rng.uniform(0.25, 1) if rng.random() < 0.4 else 1))
    return softened(rng, fitted(p, int(width * 0.45)))


def fixed_logo(rng, height, width):
    p = make_logo(rng, height, width)
    x, y = corner(rng, height, width, *p[0].shape)
    layers = [(p[0], p[1], x, y)] * FRAMES
    way = rng.random()
    if way < 0.08:  # blinks or fades
        level = [rng.random() < 0.6 for _ in range(FRAMES)]
        layers = [(p[0], p[1], x, y) if on else None for on in level] if any(level) else layers
    elif way < 0.16:  # a shine runs over it, or it turns
        ramp = np.linspace(0, 1, p[0].shape[1], dtype=np.float32)[None]
        layers = [(np.clip(p[0] + 120 * np.exp(-((ramp - rng.random()) ** 2) * 40), 0, 255), p[1], x, y) for _ in range(FRAMES)]
    return Mark('logo', layers, (0.25 * p[0].shape[0],) * 2)


def times_shown(rng):
    """Which frames carry something that comes or goes: mostly all."""
    if rng.random() < 0.6:
        return [1.0] * FRAMES
    first, last = sorted((rng.randint(-1, FRAMES - 1), rng.randint(0, FRAMES)))
    level = [1.0 if max(first, 0) <= t <= last else 0.0 for t in range(FRAMES)]
    if rng.random() < 0.3 and first > 0:
        level[first - 1] = rng.random()
    return level if max(level) > 0 else [1.0] * FRAMES


def faded(p, x, y, levels):
    return [(p[0], p[1] * k, x, y) if k > 0 else None for k in levels]


def subtitle(rng, height, width):
    size = max(9, round(height * (0.028 * 2.9 ** rng.random())))
    style = text_style(rng, size)
    style['box'] = (rng.choice((0, 0, 20, 60, 255)),) * 3 + (rng.randint(90, 255),) if rng.random() < 0.18 else None
    count = rng.choices((1, 2, 3), (55, 40, 5))[0]
    lines, path = paragraph(rng, count, 9)
    p = written(rng, lines, path, size, {**style, 'align': rng.choice(('center', 'center', 'left'))})
    p = softened(rng, fitted(p, int(width * 0.96)))
    h, w = p[0].shape
    side = rng.random()
    x = (width - w) // 2 if side < 0.75 else rng.randint(0, max(0, width - w))
    down = rng.random()
    margin = round(height * rng.uniform(0.02, 0.14))
    y = height - h - margin if down < 0.72 else margin if down < 0.84 else rng.randint(0, max(0, height - h))
    if rng.random() < 0.1:
        p = (p[0], p[1] * rng.uniform(0.4, 0.9))
    return Mark('text', faded(p, x, max(0, y), times_shown(rng)), (size * 0.7, size * 0.35), 'subtitle')


def title(rng, height, width):
    """A caption, a name or a date in larger or smaller letters anywhere, or running digits without a box."""
    size = max(9, round(height * (0.025 * 5 ** rng.random())))
    style, (text, path) = text_style(rng, size), phrase(rng, 4)
    style = plain(rng, size, rng.choice((255, 255, 230, 0))) if rng.random() < 0.4 else style
    runs = rng.random() < 0.25
    pieces = [written(rng, [digits(rng) if runs else text], path, size, style) for _ in range(FRAMES if runs else 1)]
    if any(q is None for q in pieces):
        return subtitle(rng, height, width)
    pieces = [fitted(q, int(width * 0.9)) for q in pieces]
    h, w = pieces[0][0].shape
    x, y = rng.randint(0, max(0, width - w)), rng.randint(0, max(0, height - h))
    levels = times_shown(rng)
    layers = [(*pieces[t % len(pieces)], x, y) if levels[t] > 0 else None for t in range(FRAMES)]
    return Mark('text', layers, (size * 0.7, size * 0.35), 'title')


def box(rng, h, w):
    """(value, alpha) of a plate: plain, shaded, or with a stripe."""
    shade = float(rng.choice((15, 30, 50, 90, 180, 235, 250, rng.randint(0, 255))))
    value = np.full((h, w), shade, np.float32)
    if rng.random() < 0.35:
        across = rng.random() < 0.5
        value += np.linspace(-1, 1, w if across else h, dtype=np.float32).reshape((1, -1) if across else (-1, 1)) * rng.uniform(-40, 40)
    if rng.random() < 0.3:
        s = max(1, h // 10)
        value[-s:] = rng.randint(0, 255)
    alpha = np.full((h, w), 1.0 if rng.random() < 0.6 else rng.uniform(0.35, 0.95), np.float32)
    if rng.random() < 0.2:
        alpha *= np.linspace(1, rng.uniform(0, 0.6), w, dtype=np.float32)[None]
    return np.clip(value, 0, 255), alpha


def put(value, alpha, p, x, y, ink=None):
    """Text into a plate, where it fits."""
    h, w = min(p[0].shape[0], value.shape[0] - y), min(p[0].shape[1], value.shape[1] - x)
    if h <= 0 or w <= 0 or x < 0 or y < 0:
        return
    a, at = p[1][:h, :w], (slice(y, y + h), slice(x, x + w))
    value[at] = value[at] * (1 - a) + (p[0][:h, :w] if ink is None else ink) * a
    alpha[at] = np.maximum(alpha[at], a)


def against(shade):
    return 15.0 if shade > 128 else 245.0


def score_bar(rng, height, width):
    h = max(10, round(height * rng.uniform(0.04, 0.09)))
    parts = rng.randint(2, 5)
    widths = [round(h * rng.uniform(1.0, 3.2)) for _ in range(parts)]
    x, y = corner(rng, height, width, h, sum(widths))
    plates = [box(rng, h, w) for w in widths]
    same = rng.random() < 0.5
    alpha = np.concatenate([plates[0][1][:, :1].repeat(q[1].shape[1], 1) if same else q[1] for q in plates], 1)
    ground = np.concatenate([q[0] for q in plates], 1)
    path, size = phrase(rng)[1], max(8, round(h * rng.uniform(0.55, 0.85)))
    runs = [rng.random() < 0.6 for _ in range(parts)]
    words = [(digits(rng), path) if r or rng.random() < 0.3 else word(rng, 4) for r in runs]
    layers = []
    for _ in range(FRAMES):
        value, a, left = ground.copy(), alpha.copy(), 0
        for k, w in enumerate(widths):
            if runs[k] and rng.random() < 0.5:
                words[k] = (digits(rng), path)
            p = written(rng, [words[k][0]], words[k][1], size, plain(rng, size, 255))
            if p:
                p = fitted(p, max(4, w - 4))
                put(value, a, p, left + max(0, (w - p[0].shape[1]) // 2), max(0, (h - p[0].shape[0]) // 2), against(float(plates[k][0].mean())))
            left += w
        layers.append((value, a, x, y))
    if rng.random() < 0.1:
        layers = [q if k > 0 else None for q, k in zip(layers, times_shown(rng))]
    return Mark('band', layers, (h * 0.3, h * 0.3), 'score')


def lower_third(rng, height, width):
    h, w = max(12, round(height * rng.uniform(0.07, 0.2))), round(width * rng.uniform(0.25, 0.9))
    value, alpha = box(rng, h, w)
    count = rng.choice((1, 2, 2, 3)) if h > 30 else 1
    size = max(8, round(0.7 * h / count))
    for k in range(count):
        text, path = phrase(rng, 5)
        p = written(rng, [text], path, round(size * (1 if k == 0 else rng.uniform(0.6, 1))), plain(rng, size, 255))
        if p:
            put(value, alpha, fitted(p, w - h // 3), h // 6, max(0, round(h * (0.06 + 0.9 * k / count))), against(float(value.mean())))
    x = rng.choice((0, round(width * rng.uniform(0, 0.1)), (width - w) // 2, width - w))
    y = height - h - round(height * rng.uniform(0, 0.16))
    layers = faded((value, alpha), x, y, times_shown(rng))
    if rng.random() < 0.2:  # slides in
        layers = [q and (q[0], q[1], q[2] - round(w * max(0, 0.6 - 0.3 * t)), q[3]) for t, q in enumerate(layers)]
    return Mark('band', layers, (h * 0.2, h * 0.2), 'lower third')


def ticker(rng, height, width):
    h = max(10, round(height * rng.uniform(0.045, 0.1)))
    size = max(8, round(h * rng.uniform(0.55, 0.8)))
    lines, path = paragraph(rng, 3, 9)
    p = written(rng, [('   -   '.join(lines) * 3)[:160]], path, size, plain(rng, size, 255))
    value, alpha = box(rng, h, width)
    bare = rng.random() < 0.12
    if p is None:
        return lower_third(rng, height, width)
    speed, start, ink = rng.uniform(0.05, 0.6) * h * rng.choice((4, 8, 15)), rng.uniform(0, width), against(float(value.mean()))
    tag = badge(rng, h) if rng.random() < 0.3 else None
    y = rng.choice((height - h, height - h - round(height * rng.uniform(0, 0.12)), round(height * rng.uniform(0, 0.05))))
    layers = []
    for t in range(FRAMES):
        v, a = value.copy(), alpha * (0 if bare else 1)
        shift = int(start - width / 2 + speed * t) % max(1, p[0].shape[1])
        strip = tuple(q[:, shift : shift + width] for q in p)
        if strip[0].shape[1] > 4:
            put(v, a, strip, 0, max(0, (h - p[0].shape[0]) // 2), ink)
        if tag:
            put(v, a, fitted(tag, width // 4), 0, 0)
        layers.append((v, a, 0, y))
    return Mark('band', layers, (h * 0.5, h * 0.3), 'ticker')


def watermark(rng, height, width):
    """Faint text, tiled and turned over the whole picture, or once and large across its middle."""
    size = max(9, round(height * rng.uniform(0.03, 0.09)))
    once = rng.random() < 0.25
    text, path = word(rng, 12) if rng.random() < 0.6 else phrase(rng, 2)
    p = written(rng, [text], path, round(size * rng.uniform(2, 4)) if once else size, plain(rng, size, rng.choice((255, 255, 255, 128, 0))))
    if p is None:
        return fixed_logo(rng, height, width)
    h, w = p[0].shape
    diagonal = int(np.hypot(height, width)) + 2
    if once:
        tile = p[1]
    else:
        dy, dx = round(h * rng.uniform(1.3, 5)), round(w * rng.uniform(1.1, 2.2))
        cell = np.zeros((h + dy, w + dx), np.float32)
        cell[:h, :w] = p[1]
        row = np.tile(cell, (1, diagonal // cell.shape[1] + 2))
        shifted = np.roll(row, cell.shape[1] // 2 if rng.random() < 0.5 else 0, 1)
        tile = np.tile(np.concatenate([row, shifted], 0), (diagonal // (2 * cell.shape[0]) + 1, 1))[:diagonal, :diagonal]
    turn = rng.choice((0, -30, -45, 30, rng.uniform(-50, 50)))
    m = cv2.getRotationMatrix2D((tile.shape[1] / 2, tile.shape[0] / 2), turn, 1)
    m[:, 2] += (width / 2 - tile.shape[1] / 2, height / 2 - tile.shape[0] / 2)
    alpha = cv2.warpAffine(tile, m, (width, height), flags=cv2.INTER_LINEAR) * (0.07 * 6 ** rng.random())
    value = np.full(alpha.shape, float(p[0].mean()), np.float32)
    return Mark('watermark', [(value, alpha, 0, 0)] * FRAMES, (size * 0.5, size * 0.3))


def travelling(rng, height, width):
    """A logo that drifts, bounces or jumps."""
    p = make_logo(rng, height, width)
    h, w = p[0].shape
    least = height * 0.012
    path, x, y = [], rng.uniform(0, max(1, width - w)), rng.uniform(0, max(1, height - h))
    pace, angle = least * 14 ** rng.random(), rng.uniform(0, 6.283)
    dx, dy = pace * np.cos(angle), pace * np.sin(angle)
    jumps = rng.random() < 0.2
    for _ in range(FRAMES):
        path.append((round(x), round(y)))
        if jumps and rng.random() < 0.4:
            x, y = rng.uniform(0, max(1, width - w)), rng.uniform(0, max(1, height - h))
        elif not jumps:
            x, y = x + dx, y + dy
            if not 0 <= x <= width - w:
                dx, x = -dx, min(max(x, 0), max(0, width - w))
            if not 0 <= y <= height - h:
                dy, y = -dy, min(max(y, 0), max(0, height - h))
    kind = 'moving' if len(set(path)) > 1 else 'logo'
    return Mark(kind, [(p[0], p[1], *at) for at in path], (0.25 * h,) * 2, 'moving')


MAKERS = {'logo': fixed_logo, 'subtitle': subtitle, 'title': title, 'score': score_bar, 'lower third': lower_third,
          'ticker': ticker, 'watermark': watermark, 'moving': travelling}
SHARES = (36, 22, 7, 10, 6, 6, 7, 9)


def draw_marks(rng, height, width):
    """One to four marks of a window, of different kinds mostly."""
    count = rng.choices((1, 2, 3, 4), (55, 28, 12, 5))[0]
    kinds = rng.choices(list(MAKERS), SHARES, k=count)
    return [MAKERS[k](rng, height, width) for k in dict.fromkeys(kinds)]
