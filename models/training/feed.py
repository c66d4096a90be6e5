"""The data side: a process that draws windows and has their candidates made, and the pool that training draws from."""
import multiprocessing
import queue
import random

import numpy as np
import torch

from samples import TARGETS


def as_used(rng, fill, candidate, confidence):
    """The product makes candidates for targets only: for references it hands over the fill. One window in four keeps them."""
    candidate, confidence = candidate.copy(), confidence.copy()
    if rng is None or rng.random() < 0.75:
        candidate[TARGETS:], confidence[TARGETS:] = fill[TARGETS:], 0
    return candidate, confidence


def run(out, seed, clips, into, held_out):
    """Body of the data process; ends with its parent."""
    import cv2

    from candidates import Candidates
    from clips import load
    from samples import draw

    cv2.setNumThreads(1)
    rng, maker = random.Random(seed), Candidates()
    train = load(clips, into, held_out)[0]
    while True:
        s = draw(rng, train)
        s['fill'], *made = maker.ask(s['rgb'], s['mask'])
        s['candidate'], s['confidence'] = as_used(rng, s['fill'], *made)
        out.put(s)


class Pool:
    """The last windows that arrived, handed out at random, each `uses` times on average. No more are taken than that needs, so
    that the data side leaves the processor to the training; where it is slower, windows are used oftener."""

    def __init__(self, clips, into, held_out, seed, size, uses, feeders=1):
        self.size, self.uses, self.items, self.rng = size, uses, [], random.Random(seed)
        self.queue = multiprocessing.get_context('spawn').Queue(8)
        make = multiprocessing.get_context('spawn').Process
        self.feeders = [make(target=run, args=(self.queue, seed * 97 + i, clips, into, held_out), daemon=True) for i in range(feeders)]
        for f in self.feeders:
            f.start()
        self.arrived = self.handed = 0

    def _accept(self, wait):
        while wait or self.arrived * self.uses < self.handed + self.size:
            try:
                item = self.queue.get(wait, timeout=20) if wait else self.queue.get_nowait()
            except queue.Empty:
                if wait and not all(f.is_alive() for f in self.feeders):
                    raise RuntimeError('the data process has ended; its message is above')
                if wait:
                    continue
                return
            self.arrived, wait = self.arrived + 1, False
            self.items.append(item)
            if len(self.items) > self.size:
                self.items.pop(0)

    def draw(self):
        """One window as drawn, not yet varied."""
        self._accept(False)
        while len(self.items) < min(24, self.size):
            self._accept(True)
        self.handed += 1
        return self.rng.choice(self.items)

    def close(self):
        for f in self.feeders:
            f.terminate()


PICTURES = ('fill', 'candidate', 'truth', 'rgb')


def tensors(sample, device):
    """uint8 arrays -> float tensors [T, C, H, W] in 0 ... 1 on the device."""
    pictures = {k: torch.from_numpy(np.array(sample[k])).to(device).permute(0, 3, 1, 2).float() / 255 for k in PICTURES}
    maps = {k: torch.from_numpy(np.array(sample[k])).to(device).unsqueeze(1).float() / 255 for k in ('confidence', 'mask')}
    return {**pictures, **maps, 'fixed': sample['fixed']}


def varied(rng, s):
    """Mirrored, with the targets backwards, with other colours and another brightness, each by chance."""
    if rng.random() < 0.5:
        s = {k: v.flip(-1) if k != 'fixed' else v for k, v in s.items()}
    if rng.random() < 0.5:
        order = list(range(TARGETS))[::-1] + list(range(TARGETS, len(s['mask'])))
        s = {k: v[order] if k != 'fixed' else v for k, v in s.items()}
    swap, gain, shift = rng.sample(range(3), 3) if rng.random() < 0.2 else [0, 1, 2], rng.uniform(0.8, 1.0), 0.0
    shift = rng.uniform(0, 1 - gain)
    return {k: v[:, swap] * gain + shift if k in PICTURES else v for k, v in s.items()}
