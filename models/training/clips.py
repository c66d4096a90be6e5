"""Clean clips as uint8 arrays: decoded once into one file that is mapped into memory, or unpacked from a packed file.

`python -m pack` writes the packed file (the clips still compressed, at most 64 MiB), to carry to another machine.
"""
import glob
import json
import os
import tempfile

import cv2
import numpy as np

MAX_FRAMES = 110
PACK_LIMIT = 64 << 20


def decode(path):
    """A video file -> uint8 [n, h, w, 3] RGB, as it is in the file; frames beyond MAX_FRAMES are left out."""
    video, frames = cv2.VideoCapture(path), []
    while len(frames) < MAX_FRAMES:
        ok, bgr = video.read()
        if not ok:
            break
        frames.append(bgr[..., ::-1])
    video.release()
    return np.stack(frames) if frames else np.zeros((0, 0, 0, 3), np.uint8)


def sources(where):
    """(name, path) of the clips in a folder, or of those in a packed file (unpacked into a temporary folder)."""
    if os.path.isdir(where):
        return [(os.path.basename(f)[:-4], f) for f in sorted(glob.glob(os.path.join(where, '*.mp4')))]
    folder, found = tempfile.mkdtemp(prefix='clips-'), []
    with np.load(where) as packed:
        for name in sorted(packed.files):
            found.append((name, os.path.join(folder, name + '.mp4')))
            with open(found[-1][1], 'wb') as f:
                f.write(packed[name].tobytes())
    return found


def store(where, into):
    """Decodes all clips of at least 16 frames and 96 x 192 samples into `into`.u8, with their shapes in `into`.json."""
    at, table = 0, []
    with open(into + '.u8.part', 'wb') as f:
        for name, path in sources(where):
            clip = decode(path)
            if clip.shape[0] < 16 or clip.shape[1] < 96 or clip.shape[2] < 192:
                continue
            f.write(np.ascontiguousarray(clip).tobytes())
            table.append({'name': name, 'at': at, 'shape': clip.shape})
            at += clip.size
    os.replace(into + '.u8.part', into + '.u8')
    with open(into + '.json', 'w') as f:
        json.dump(table, f)


def recording(name):
    """Clips of one recording share all of their name but the last number."""
    return name.rsplit('_', 1)[0]


def load(where, into, held_out):
    """(train, validation): lists of uint8 [n, h, w, 3]. Clips of a recording in `held_out` are for validation."""
    if not os.path.exists(into + '.json'):
        os.makedirs(os.path.dirname(into), exist_ok=True)
        store(where, into)
    with open(into + '.json') as f:
        table = json.load(f)
    flat = np.memmap(into + '.u8', np.uint8, 'r')
    clips = [(c['name'], flat[c['at'] : c['at'] + int(np.prod(c['shape']))].reshape(c['shape'])) for c in table]
    train = [c for name, c in clips if recording(name) not in held_out]
    return train, [c for name, c in clips if recording(name) in held_out]
