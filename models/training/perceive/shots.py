"""Clean shots as luma: clips decoded once into a mapped file, with the motion of their camera.

`table` entries: name, at, shape [n, h, w], camera [n, 2, 3] (frame 0 to frame t, in samples), steady (share of points that follow it).
"""
import json
import os

import cv2
import numpy as np

from clips import recording, sources

MAX_FRAMES = 110
LEAST_LINES = 200


def decode(path):
    """uint8 [n, h, w] luma, full range."""
    video, frames = cv2.VideoCapture(path), []
    while len(frames) < MAX_FRAMES:
        ok, bgr = video.read()
        if not ok:
            break
        frames.append(cv2.cvtColor(bgr, cv2.COLOR_BGR2GRAY))
    video.release()
    return np.stack(frames) if frames else np.zeros((0, 0, 0), np.uint8)


def step(before, after):
    """(2 x 3 similarity from one frame to the next, share of points that agree)."""
    points = cv2.goodFeaturesToTrack(before, 150, 0.01, 8)
    if points is None or len(points) < 8:
        return np.eye(2, 3), 0.0
    moved, found, _ = cv2.calcOpticalFlowPyrLK(before, after, points, None, winSize=(15, 15), maxLevel=3)
    found = found.ravel() > 0
    if found.sum() < 8:
        return np.eye(2, 3), 0.0
    matrix, inliers = cv2.estimateAffinePartial2D(points[found], moved[found], ransacReprojThreshold=1.5)
    return (np.eye(2, 3), 0.0) if matrix is None else (matrix, float(inliers.mean()))


def camera(clip):
    """(float [n, 2, 3] from frame 0 to frame t, smallest share of points that followed)."""
    total, path, share = np.eye(3), [np.eye(3)[:2]], 1.0
    for before, after in zip(clip, clip[1:]):
        matrix, agreed = step(before, after)
        total = np.vstack([matrix, (0, 0, 1)]) @ total
        path.append(total[:2].copy())
        share = min(share, agreed)
    return np.stack(path), share


def store(where, into):
    at, table = 0, []
    with open(into + '.u8.part', 'wb') as f:
        for name, path in sources(where):
            clip = decode(path)
            if clip.shape[0] < 17 or clip.shape[1] < LEAST_LINES:
                continue
            path, share = camera(clip)
            f.write(np.ascontiguousarray(clip).tobytes())
            table.append({'name': name, 'at': at, 'shape': clip.shape, 'camera': np.round(path, 5).tolist(), 'steady': round(share, 3)})
            at += clip.size
    os.replace(into + '.u8.part', into + '.u8')
    with open(into + '.json', 'w') as f:
        json.dump(table, f)


class Shot:
    """One clean clip: `luma` uint8 [n, h, w], `camera` float [n, 2, 3], `steady` 0 ... 1."""

    def __init__(self, flat, entry):
        self.luma = flat[entry['at'] : entry['at'] + int(np.prod(entry['shape']))].reshape(entry['shape'])
        self.camera, self.steady = np.array(entry['camera']), entry['steady']


def load(where, into, held_out):
    """(train, validation) lists of Shot; recordings in `held_out` are for validation."""
    if not os.path.exists(into + '.json'):
        os.makedirs(os.path.dirname(into), exist_ok=True)
        store(where, into)
    with open(into + '.json') as f:
        table = json.load(f)
    flat = np.memmap(into + '.u8', np.uint8, 'r')
    shots = [(recording(c['name']) in held_out, Shot(flat, c)) for c in table]
    return [s for held, s in shots if not held], [s for held, s in shots if held]
