"""What lies under the marks: five frames of a shot, moving, under a synthetic camera, or locked off; and text that belongs to the scene."""
import math

import cv2
import numpy as np

from perceive.art import sheet
from perceive.overlays import FRAMES


class Scene:
    """`frames` float32 [5, h, w] 0 ... 255 at the canvas; `follow(t)`: 3 x 3 matrix that carries canvas samples of frame 0 to frame t, None if unknown."""

    def __init__(self, frames, follow, still):
        self.frames, self.follow, self.still = frames, follow, still


def crop_of(rng, h, w, aspect):
    """A crop (y, x, h, w) of a picture with the given width : height, as large as it goes or a little smaller."""
    ch = min(h, w / aspect) * rng.uniform(0.72, 1) ** 0.7
    cw = ch * aspect
    return rng.uniform(0, h - ch), rng.uniform(0, w - cw), ch, cw


def scaling(crop, height, width, mirrored):
    """3 x 3 matrix from samples of the clip to samples of the canvas."""
    y, x, h, w = crop
    sx, sy = width / w, height / h
    m = np.array([[sx, 0, -x * sx + (sx - 1) / 2], [0, sy, -y * sy + (sy - 1) / 2], [0, 0, 1]])
    return np.array([[-1, 0, width - 1], [0, 1, 0], [0, 0, 1]]) @ m if mirrored else m


def warped(picture, m, height, width):
    """Samples of the clip at the canvas: a plain scaling (3 x 3 matrix without turn), which resizing does fastest."""
    corners = np.linalg.inv(m) @ np.array([[-0.5, width - 0.5], [-0.5, height - 0.5], [1, 1]])
    (x0, x1), (y0, y1) = sorted(corners[0] + 0.5), sorted(corners[1] + 0.5)
    part = picture[max(0, round(y0)) : max(2, round(y1)), max(0, round(x0)) : max(2, round(x1))]
    part = cv2.resize(part, (width, height), interpolation=cv2.INTER_AREA if part.shape[0] > height else cv2.INTER_CUBIC)
    return part[:, ::-1] if m[0, 0] < 0 else part


def homogeneous(m):
    return np.vstack([m, (0, 0, 1)])


def moving(rng, shot, height, width):
    """Frames 4 ... 15 apart, forwards or backwards."""
    n, h, w = shot.luma.shape
    gap = min(rng.randint(4, 15), (n - 1) // (FRAMES - 1))
    first = rng.randint(0, n - 1 - gap * (FRAMES - 1))
    when = [first + gap * t for t in range(FRAMES)]
    when = when[::-1] if rng.random() < 0.3 else when
    m = scaling(crop_of(rng, h, w, width / height), height, width, rng.random() < 0.5)
    frames = np.stack([warped(np.ascontiguousarray(shot.luma[t]), m, height, width) for t in when]).astype(np.float32)
    base = np.linalg.inv(homogeneous(shot.camera[when[0]]))
    steps = [m @ homogeneous(shot.camera[t]) @ base @ np.linalg.inv(m) for t in when]
    return Scene(frames, (lambda t: steps[t]) if shot.steady > 0.55 else None, False)


def one_frame(rng, shot, height, width, camera):
    """One frame for all times, under a camera that pans, zooms and turns steadily, or is locked off."""
    picture = np.ascontiguousarray(shot.luma[rng.randrange(len(shot.luma))])
    h, w = picture.shape
    y, x, ch, cw = crop_of(rng, h, w, width / height)
    if camera:
        ch, cw, y, x = ch * 0.85, cw * 0.85, y + 0.075 * ch, x + 0.075 * cw
    m = scaling((y, x, ch, cw), height, width, rng.random() < 0.5)
    if not camera:
        return Scene(np.repeat(warped(picture, m, height, width)[None].astype(np.float32), FRAMES, 0), lambda t: np.eye(3), True)
    gap = rng.randint(4, 15) / 10
    dx, dy, turn, zoom = (rng.gauss(0, s) * gap for s in (0.011 * width, 0.006 * height, 0.3, 0.008))
    steps = []
    for t in range(FRAMES):
        k = t - FRAMES // 2
        r = homogeneous(cv2.getRotationMatrix2D((width / 2, height / 2), turn * k, math.exp(zoom * k)))
        r[:2, 2] += (dx * k, dy * k)
        steps.append(r)
    seen = np.ascontiguousarray(warped(picture, m, height, width))
    frames = np.stack([cv2.warpAffine(seen, r[:2], (width, height), borderMode=cv2.BORDER_REFLECT) for r in steps]).astype(np.float32)
    back = np.linalg.inv(steps[0])
    return Scene(frames, lambda t: steps[t] @ back, False)


def sharpened(rng, frames):
    """Enlarged pictures lack the fine edges of real ones; without them, sharp would mean marked."""
    amount = rng.uniform(0, 1.4)
    if amount < 0.2:
        return frames
    return np.stack([np.clip(f + amount * (f - cv2.GaussianBlur(f, (0, 0), rng.uniform(0.8, 1.6))), 0, 255) for f in frames])


def draw_scene(rng, shots, height, width):
    shot, way = rng.choice(shots), rng.random()
    scene = moving(rng, shot, height, width) if way < 0.5 else one_frame(rng, shot, height, width, way < 0.64)
    if rng.random() < 0.6:
        scene.frames = sharpened(rng, scene.frames)
    if not scene.still and rng.random() < 0.03:  # a dissolve or a fade
        other = one_frame(rng, rng.choice(shots), height, width, False).frames if rng.random() < 0.5 else 0
        k = np.linspace(rng.random(), rng.random(), FRAMES, dtype=np.float32)[:, None, None]
        scene.frames = scene.frames * k + other * (1 - k)
    return scene


def quad(rng, height, width, h, w, strong):
    """Corners of a piece in the scene, seen at an angle; `strong` says how far from straight on."""
    tall = height * (0.035 * 9 ** rng.random())
    wide = min(tall * w / h, width * 0.9)
    tall = wide * h / w
    cx, cy = rng.uniform(0.05, 0.95) * width, rng.uniform(0.05, 0.95) * height
    turn = rng.gauss(0, 0.03 if strong < 0.05 else 0.15)
    c, s = math.cos(turn), math.sin(turn)
    narrow = 1 - abs(rng.gauss(0, 2 * strong)) if strong > 0.05 else 1
    points = []
    for px, py in ((-1, -1), (1, -1), (1, 1), (-1, 1)):
        x, y = px * wide / 2 * max(narrow, 0.3), py * tall / 2
        x, y = x + rng.gauss(0, strong * tall / 3), y + rng.gauss(0, strong * tall / 3)
        points.append((cx + c * x - s * y, cy + s * x + c * y))
    return np.array(points, np.float32)


def lighting(rng, frame, box):
    """What the scene's own light does to a sheet: the smooth part of the picture under it, relative to its mean."""
    y0, y1, x0, x1 = box
    part = cv2.resize(frame[y0:y1, x0:x1], (8, 8), interpolation=cv2.INTER_AREA)
    part = cv2.GaussianBlur(part, (0, 0), 2)
    gain = (part + 30) / (float(part.mean()) + 30)
    return cv2.resize(gain, (x1 - x0, y1 - y0), interpolation=cv2.INTER_LINEAR) ** rng.uniform(0.3, 1), float(part.mean())


def add_sheet(rng, scene, height, width):
    """Paints a sign, page or screen into the scene; returns its mask over the window (bool [h, w]), or None if it fell outside."""
    strong = rng.choices((0.02, 0.1, 0.25), (20, 40, 40))[0]  # letters without a plate, straight on and still, could as well be a caption
    p = sheet(rng, rng.randint(40, 120), strong > 0.05 and rng.random() < 0.3)
    if p is None:
        return None
    h, w = p[0].shape
    corners = quad(rng, height, width, h, w, strong)
    place = cv2.getPerspectiveTransform(np.float32([(0, 0), (w, 0), (w, h), (0, h)]), corners)
    shrink = max(1.0, h / max(1.0, float(np.ptp(corners[:, 1]))))
    soft = rng.uniform(0.4, 1.5) * height / 270
    value, alpha = (cv2.GaussianBlur(a, (0, 0), 0.4 * shrink) for a in p)
    sway = (rng.gauss(0, 1) * 0.02 * height, rng.gauss(0, 1) * 0.01 * height) if not scene.still and rng.random() < 0.3 else None
    if scene.follow is None and sway is None:
        return None
    low, span = rng.uniform(5, 60), rng.uniform(90, 200)
    seen, look = np.zeros((height, width), bool), None
    for t in range(FRAMES):
        m = scene.follow(t) if scene.follow else np.eye(3)
        m = m @ place
        if sway:  # something carried through the picture, a jersey or a vehicle
            m = np.array([[1, 0, sway[0] * t], [0, 1, sway[1] * t + rng.gauss(0, 0.3)], [0, 0, 1]]) @ m
        outline = cv2.perspectiveTransform(np.float32([[(0, 0), (w, 0), (w, h), (0, h)]]), m)[0]
        x0, y0 = np.floor(outline.min(0)).astype(int) - 6
        x1, y1 = np.ceil(outline.max(0)).astype(int) + 6
        x0, y0, x1, y1 = max(0, x0), max(0, y0), min(width, x1), min(height, y1)
        if x1 - x0 < 8 or y1 - y0 < 8:
            continue
        local = np.array([[1, 0, -x0], [0, 1, -y0], [0, 0, 1]], np.float64) @ m
        a = cv2.GaussianBlur(cv2.warpPerspective(alpha, local, (x1 - x0, y1 - y0)), (0, 0), soft)
        v = cv2.GaussianBlur(cv2.warpPerspective(value, local, (x1 - x0, y1 - y0), borderMode=cv2.BORDER_REPLICATE), (0, 0), soft)
        gain, mean = lighting(rng, scene.frames[t], (y0, y1, x0, x1))
        look = look if look is not None else 0.4 + 0.6 * min(1, mean / 110)
        part = scene.frames[t][y0:y1, x0:x1]
        detail = part - cv2.GaussianBlur(part, (0, 0), 2)  # the scene's grain and some of its texture stay
        part += a * (np.clip((low + span * v / 255) * look * gain, 0, 255) + 0.5 * detail - part)
        seen[y0:y1, x0:x1] |= a > 0.15
    return seen if seen.sum() > 20 else None
