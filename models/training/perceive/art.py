"""Drawings that marks and signs are made of: pieces (value float32 0 ... 255, alpha float32 0 ... 1), as small as what they show."""
import cv2
import numpy as np
from PIL import Image, ImageDraw

from fonts import digits, font, phrase
from marks import any_colour, logo, text_style, write_text

LUMA = np.array([0.299, 0.587, 0.114], np.float32)


def piece(image):
    """RGBA image -> luma and alpha, cut to what is drawn."""
    rgba = np.asarray(image)
    rows, columns = np.flatnonzero(rgba[..., 3].any(1)), np.flatnonzero(rgba[..., 3].any(0))
    if not len(rows):
        return None
    rgba = rgba[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1].astype(np.float32)
    return rgba[..., :3] @ LUMA, rgba[..., 3] / 255


def written(rng, lines, path, size, style):
    """Lines of text in one style."""
    text, f = '\n'.join(lines), font(path, size)
    probe = ImageDraw.Draw(Image.new('L', (1, 1)))
    x0, y0, x1, y1 = probe.multiline_textbbox((0, 0), text, font=f, spacing=max(2, size // 6), stroke_width=style['stroke'])
    pad = size // 2 + 4
    image = Image.new('RGBA', (min(int(x1 - x0) + 2 * pad, 4000), int(y1 - y0) + 2 * pad), style['edge'][:3] + (0,))
    write_text(ImageDraw.Draw(image), rng, text, path, size, pad - x0, pad - y0, style)
    return piece(image)


def plain(rng, size, grey=None):
    """Style of bare text: no outline, box or shadow."""
    v = rng.choice((255, 255, 240, 20, rng.randint(0, 255))) if grey is None else grey
    return dict(fill=(v, v, v, 255), edge=(v, v, v, 255), stroke=0, box=None, shadow=False, align='left')


def word(rng, longest):
    """(name as a station or a shop has it, font)."""
    text, path = phrase(rng, 2)
    text = text[: rng.randint(1, longest)].strip() or text[:1]
    if rng.random() < 0.35:
        text = rng.choice(('LIVE', 'HD', 'TV', 'NEWS', 'SPORT', 'REPLAY', 'K' + str(rng.randint(1, 99)), str(rng.randint(1, 99)), digits(rng)))
    return (text.upper() if rng.random() < 0.5 else text), path


def paragraph(rng, count, longest):
    """([lines], font file) in one script."""
    text, path = phrase(rng, longest * count)
    parts, glue = (text.split(' '), ' ') if ' ' in text else (list(text), '')
    each = -(-len(parts) // count)
    return [glue.join(parts[k : k + each]) for k in range(0, len(parts), each)], path


def resized(p, height):
    """A piece scaled to a height; values are weighted by alpha so that edges keep their colour."""
    value, alpha = p
    width = max(2, round(value.shape[1] * height / value.shape[0]))
    how = cv2.INTER_AREA if height < value.shape[0] else cv2.INTER_LINEAR
    a = cv2.resize(alpha, (width, height), interpolation=how)
    v = cv2.resize(value * alpha, (width, height), interpolation=how)
    return v / np.maximum(a, 1e-3), a


def badge(rng, height):
    """A filled or outlined shape with a name in it, the name cut out of it at times."""
    name, path = word(rng, 6)
    text = written(rng, [name], path, max(10, round(height * rng.uniform(0.35, 0.7))), plain(rng, 0))
    tv, ta = text if text else (np.full((4, 4), 255, np.float32), np.ones((4, 4), np.float32))
    width = max(height if rng.random() < 0.5 else 0, tv.shape[1] + rng.randint(4, 4 + height // 2))
    tall = max(height, tv.shape[0] + 4)
    shade = rng.choice((30, 60, 120, 200, 250, rng.randint(0, 255)))
    image = Image.new('L', (width, tall), 0)
    draw, box = ImageDraw.Draw(image), (1, 1, width - 2, tall - 2)
    line = rng.choice((0, 0, max(1, height // 14), max(2, height // 8)))
    how = dict(outline=255, width=line) if line else dict(fill=255)
    form = rng.choice(('ellipse', 'rounded', 'rectangle', 'polygon'))
    if form == 'ellipse':
        draw.ellipse(box, **how)
    elif form == 'polygon':
        draw.polygon([(width * x // 100, tall * y // 100) for x, y in ((rng.randint(0, 30), 1), (99, rng.randint(0, 20)), (rng.randint(70, 99), 99), (1, 90))], fill=255)
    else:
        draw.rounded_rectangle(box, rng.randint(1, max(2, tall // 3)) if form == 'rounded' else 0, **how)
    alpha = np.asarray(image).astype(np.float32) / 255
    value = np.full(alpha.shape, float(shade), np.float32)
    y, x = (tall - tv.shape[0]) // 2, (width - tv.shape[1]) // 2
    inner = (slice(y, y + tv.shape[0]), slice(x, x + tv.shape[1]))
    if not line and rng.random() < 0.3:
        alpha[inner] *= 1 - ta
    else:
        ink = tv if line or abs(float(tv.mean()) - shade) > 40 else np.full_like(tv, (shade + 128) % 256)
        value[inner] = value[inner] * (1 - ta) + ink * ta
        alpha[inner] = np.maximum(alpha[inner], ta)
    return value, alpha


def emblem(rng, height):
    """A logo of any make: shapes, a badge, a name, a symbol beside a name."""
    kind = rng.choices(('shapes', 'badge', 'name', 'pair'), (25, 30, 25, 20))[0]
    if kind == 'shapes':
        p = piece(logo(rng, rng.randint(30, 80), rng.randint(40, 138)))
        return resized(p, height) if p and min(p[0].shape) > 5 else badge(rng, height)
    if kind == 'badge':
        return badge(rng, height)
    text, path = word(rng, 9)
    style = plain(rng, height) if rng.random() < 0.6 else {**text_style(rng, height), 'box': None}
    name = written(rng, [text], path, max(9, round(height * (0.9 if kind == 'name' else 0.6))), style)
    if name is None:
        return badge(rng, height)
    if kind == 'name':
        return name
    left, gap = badge(rng, height), max(2, height // 8)
    tall = max(left[0].shape[0], name[0].shape[0])
    width = left[0].shape[1] + gap + name[0].shape[1]
    value, alpha = np.zeros((tall, width), np.float32), np.zeros((tall, width), np.float32)
    for (v, a), x in ((left, 0), (name, left[0].shape[1] + gap)):
        y = (tall - v.shape[0]) // 2
        value[y : y + v.shape[0], x : x + v.shape[1]], alpha[y : y + v.shape[0], x : x + v.shape[1]] = v, a
    return value, alpha


def sheet(rng, height, bare):
    """A sign, a page or a screen of the scene: a plate with text or an emblem, or letters without a plate (`bare`)."""
    if rng.random() < 0.2:
        p = emblem(rng, max(16, height // 2))
    else:
        size = max(9, round(height / rng.choice((1.2, 1.6, 2.5, 4, 7))))
        count = max(1, min(12, int(0.85 * height / (1.3 * size))))
        lines, path = paragraph(rng, count, 5)
        p = written(rng, lines, path, size, {**plain(rng, size), 'stroke': rng.choice((0, 0, 0, size // 12))})
    if p is None or bare:
        return p
    v, a = p
    pad = rng.randint(2, 4 + v.shape[0] // 3)
    ground = rng.choice((235, 225, 200, 30, 50, rng.randint(0, 255)))
    ink = v if abs(float((v * a).sum() / max(a.sum(), 1)) - ground) > 50 else np.full_like(v, 255.0 - ground if abs(ground - 128) > 40 else 10.0)
    value = np.full((v.shape[0] + 2 * pad, v.shape[1] + 2 * pad), float(ground), np.float32)
    value[pad:-pad, pad:-pad] = value[pad:-pad, pad:-pad] * (1 - a) + ink * a
    if rng.random() < 0.3:
        edge = max(1, pad // 4)
        cv2.rectangle(value, (edge, edge), (value.shape[1] - 1 - edge, value.shape[0] - 1 - edge), float(ink.mean()), edge)
    return value, np.full(value.shape, rng.choice((1.0, 1.0, rng.uniform(0.5, 1))), np.float32)
