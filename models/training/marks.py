"""Draws marks: subtitles, logos, solid patches and running digits as RGBA layers, one a frame of a window.

A layer is float32 [H, W, 4], colour in 0 ... 1 and alpha in 0 ... 1, not premultiplied; alpha below FAINT is zero, so that
the true mask is `alpha > 0` and nothing outside it changes.
"""
import random

import cv2
import numpy as np
from PIL import Image, ImageDraw

from fonts import digits, font, phrase

FAINT = 0.02


def any_colour(rng):
    return tuple(rng.randint(0, 255) for _ in range(3))


def glyph_size(rng):
    """Heights as from 360 to 1080 lines: 10 ... 76 samples, small ones more often."""
    return int(10 * 7.6 ** (rng.random() ** 1.3))


def write_text(draw, rng, text, path, size, x, y, style):
    f = font(path, size)
    where = dict(font=f, spacing=max(2, size // 6), align=style['align'])
    if style['box']:
        x0, y0, x1, y1 = draw.multiline_textbbox((x, y), text, **where)
        pad = max(2, size // 4)
        draw.rectangle((x0 - pad, y0 - pad, x1 + pad, y1 + pad), fill=style['box'])
    if style['shadow']:
        d = max(1, size // 14)
        draw.multiline_text((x + d, y + d), text, fill=(0, 0, 0, rng.randint(110, 255)), **where)
    draw.multiline_text((x, y), text, fill=style['fill'], stroke_width=style['stroke'], stroke_fill=style['edge'], **where)


def text_style(rng, size):
    fill = rng.choice([(255, 255, 255)] * 4 + [(250, 245, 230), (255, 230, 0), (240, 200, 60), (0, 220, 255), any_colour(rng)])
    edge = rng.choice([(0, 0, 0)] * 4 + [(20, 20, 30), tuple(c // 2 for c in any_colour(rng))])
    stroke = rng.choice((0, 1, 1, 2, 3)) * max(1, size // 18)
    box = any_colour(rng) + (rng.randint(120, 255),) if rng.random() < 0.1 else None
    return dict(fill=fill + (255,), edge=edge + (255,), stroke=stroke, box=box, shadow=rng.random() < 0.3,
                align=rng.choice(('left', 'center')))


def subtitle(rng, height, width):
    size = min(glyph_size(rng), height)
    style, lines = text_style(rng, size), 2 if size < height // 3 and rng.random() < 0.4 else 1
    said = [phrase(rng) for _ in range(lines)]
    x, y = rng.randint(-size, width // 2), rng.randint(-size // 4, max(1, height - lines * size))
    image = Image.new('RGBA', (width, height), style['edge'][:3] + (0,))
    write_text(ImageDraw.Draw(image), rng, '\n'.join(t for t, _ in said), said[0][1], size, x, y, style)
    return image


def counter(rng, height, width, frames):
    """Digits that change: one image a frame."""
    size = min(glyph_size(rng), height // 2)
    style, path = text_style(rng, size), phrase(rng)[1]
    x, y = rng.randint(0, width // 2), rng.randint(0, max(1, height - size))
    images, text, state = [], digits(rng), rng.getstate()
    for _ in range(frames):
        rng.setstate(state)
        image = Image.new('RGBA', (width, height), style['edge'][:3] + (0,))
        write_text(ImageDraw.Draw(image), rng, text, path, size, x, y, style)
        images.append(image)
        state = rng.getstate()
        if rng.random() < 0.4:
            text, state = digits(rng), rng.getstate()
    return images


def logo(rng, height, width):
    image = Image.new('RGBA', (width, height), any_colour(rng) + (0,))
    draw = ImageDraw.Draw(image)
    w, h = rng.randint(16, min(130, width - 8)), rng.randint(12, min(72, height - 8))
    x, y = rng.randint(0, width - w), rng.randint(0, height - h)
    for _ in range(rng.randint(1, 4)):
        a, b = sorted((rng.randint(x, x + w), rng.randint(x, x + w)))
        c, d = sorted((rng.randint(y, y + h), rng.randint(y, y + h)))
        colour = any_colour(rng) + (255,)
        shape = rng.choice(('ellipse', 'ellipse', 'rectangle', 'ring', 'polygon', 'text', 'text'))
        if shape == 'ellipse':
            draw.ellipse((a, c, b + 4, d + 4), fill=colour)
        elif shape == 'rectangle':
            draw.rounded_rectangle((a, c, b + 6, d + 6), min(rng.randint(0, 8), (b - a + 6) // 2, (d - c + 6) // 2), fill=colour)
        elif shape == 'ring':
            draw.ellipse((a, c, b + 8, d + 8), outline=colour, width=rng.randint(1, 6))
        elif shape == 'polygon':
            draw.polygon([(rng.randint(x, x + w), rng.randint(y, y + h)) for _ in range(rng.randint(3, 6))], fill=colour)
        else:
            text, path = phrase(rng, 1)
            draw.text((x, y), text[:6], font=font(path, rng.randint(10, max(12, h))), fill=colour)
    return image


def gradient(rng, layer):
    """Colours of a logo change linearly across it."""
    h, w = layer.shape[:2]
    a = np.array([rng.uniform(-0.5, 0.5) for _ in range(3)], np.float32)
    ramp = np.linspace(-1, 1, w, dtype=np.float32)[None, :, None] if rng.random() < 0.5 else np.linspace(-1, 1, h, dtype=np.float32)[:, None, None]
    layer[..., :3] = np.clip(layer[..., :3] + ramp * a, 0, 1)


def patch(rng, height, width):
    """A solid or noisy block, as after a bad wipe or a station's blanking."""
    layer = np.zeros((height, width, 4), np.float32)
    w, h = rng.randint(16, 90), rng.randint(10, 56)
    x, y = rng.randint(0, max(1, width - w)), rng.randint(0, max(1, height - h))
    noise = np.random.default_rng(rng.getrandbits(32)).random((h, w, 3), np.float32)
    colour = np.array(any_colour(rng), np.float32) / 255
    layer[y : y + h, x : x + w, :3] = (colour + noise * rng.choice((0, 0.5)))[: height - y, : width - x].clip(0, 1)
    layer[y : y + h, x : x + w, 3] = 1
    return layer


def as_layer(image):
    return np.asarray(image).astype(np.float32) / 255


def soften(rng, layer):
    """Soft edges, a glow around, and transparency, each by chance; then faint alpha is cut off."""
    alpha = layer[..., 3]
    if rng.random() < 0.4:
        alpha = cv2.GaussianBlur(alpha, (0, 0), rng.uniform(0.3, 1.2))
    if rng.random() < 0.08:
        alpha = np.maximum(alpha, rng.uniform(0.4, 0.9) * cv2.GaussianBlur(alpha, (0, 0), rng.uniform(1.5, 4)))
    if rng.random() < 0.35:
        alpha = alpha * rng.uniform(0.2, 0.9)
    layer[..., 3] = np.where(alpha < FAINT, 0, alpha)
    return layer


def draw_mark(rng, height, width, frames):
    """(kind, list of `frames` layers) of one fixed mark; the layers are the same object where nothing changes."""
    kind = rng.choices(('subtitle', 'logo', 'counter', 'patch'), (60, 26, 7, 7))[0]
    if kind == 'counter':
        state = rng.getrandbits(32)
        return kind, [soften(random.Random(state), as_layer(i)) for i in counter(rng, height, width, frames)]
    if kind == 'patch':
        layer = patch(rng, height, width)
    else:
        layer = as_layer(subtitle(rng, height, width) if kind == 'subtitle' else logo(rng, height, width))
        if kind == 'logo' and rng.random() < 0.4:
            layer = layer.copy()
            gradient(rng, layer)
    return kind, [soften(rng, layer.copy())] * frames


def compose(picture, layer, strength=1.0):
    """Burns a layer into a float picture [H, W, 3] in 0 ... 1."""
    a = layer[..., 3:] * strength
    return picture * (1 - a) + layer[..., :3] * a
