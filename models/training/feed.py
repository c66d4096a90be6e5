"""The data side: a process that draws windows and has their candidates made, and the pool that training draws from."""
import multiprocessing
import queue
import random

import numpy as np
import torch

from samples import SEEN, TARGETS

PICTURES = ('fill', 'candidate', 'truth', 'rgb')
SURE, SEEN_SHARE = 26, 0.1
FACTS = ('fixed', 'targets', 'error')


def seen(sample, maker, bare):
    """The window as the network sees it: candidates from all its frames, then the first few frames only.

    With `bare`, references have the fill for their candidate, as when candidates are made for targets only.
    """
    fill, candidate, confidence = (x.copy() for x in maker.ask(sample['rgb'], sample['mask']))
    if bare:
        candidate[TARGETS:], confidence[TARGETS:] = fill[TARGETS:], 0
    s = {**sample, 'fill': fill, 'candidate': candidate, 'confidence': confidence}
    s = {k: v if k in FACTS else v[:SEEN].copy() for k, v in s.items()}
    hidden = s['mask'][:TARGETS] > 0
    error = np.abs(s['candidate'][:TARGETS].astype(np.int16) - s['truth'][:TARGETS]).mean(-1)
    return {**s, 'targets': TARGETS, 'error': float(error[hidden].mean())}


def weight(sample):
    """Windows whose candidate is right already teach little: they are drawn less often."""
    return 0.4 + min(sample['error'] / 12, 1)


def is_asked(sample):
    """Whether the product asks the network at all: other frames must show something of what is hidden, as `src/restore/network/filler.ts` has it."""
    hidden = sample['mask'][:TARGETS] > 0
    return (sample['confidence'][:TARGETS][hidden] >= SURE).mean() >= SEEN_SHARE


def as_asked(sample):
    """The first and the last target alone, as the product asks the network (`src/restore/network/filler.ts`)."""
    keep = [0, TARGETS - 1]
    return {k: v if k in FACTS else v[keep] for k, v in sample.items()} | {'targets': 2}


def shortened(rng, sample):
    """Two of the targets, half of the time with up to two references: half the time for nearly the same lesson, as neighbours differ little."""
    if rng.random() < 0.5:
        return as_asked(sample)
    first, count = rng.randrange(TARGETS - 1), len(sample['mask'])
    keep = [first, first + 1, *range(TARGETS, min(count, TARGETS + rng.randint(1, 2)))]
    return {k: v if k in FACTS else v[keep] for k, v in sample.items()} | {'targets': 2}


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
        sample = seen(draw(rng, train), maker, rng.random() < 0.5)
        if is_asked(sample):
            out.put(sample)


class Pool:
    """The last windows that arrived, handed out at random, each `uses` times on average, hard ones oftener. No more are taken than that needs, so
    that the data side leaves the processor to the training; where it is slower, windows are used oftener."""

    def __init__(self, clips, into, held_out, seed, config, feeders=1):
        self.size, self.uses, self.short = config['pool'], config['usesPerSample'], config['shortShare']
        self.items, self.rng = [], random.Random(seed)
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
        item = self.rng.choices(self.items, [weight(i) for i in self.items])[0]
        return shortened(self.rng, item) if self.rng.random() < self.short else item

    def close(self):
        for f in self.feeders:
            f.terminate()


def tensors(sample, device):
    """uint8 arrays -> float tensors [T, C, H, W] in 0 ... 1 on the device."""
    pictures = {k: torch.from_numpy(np.array(sample[k])).to(device).permute(0, 3, 1, 2).float() / 255 for k in PICTURES}
    maps = {k: torch.from_numpy(np.array(sample[k])).to(device).unsqueeze(1).float() / 255 for k in ('confidence', 'mask')}
    return {**pictures, **maps, **{k: sample[k] for k in FACTS}}


def varied(rng, s):
    """Mirrored, with the targets backwards, with other colours and another brightness, each by chance."""
    if rng.random() < 0.5:
        s = {k: v if k in FACTS else v.flip(-1) for k, v in s.items()}
    if rng.random() < 0.5:
        order = [*range(s['targets'])][::-1] + [*range(s['targets'], len(s['mask']))]
        s = {k: v if k in FACTS else v[order] for k, v in s.items()}
    swap, gain, shift = rng.sample(range(3), 3) if rng.random() < 0.2 else [0, 1, 2], rng.uniform(0.8, 1.0), 0.0
    shift = rng.uniform(0, 1 - gain)
    return {k: v[:, swap] * gain + shift if k in PICTURES else v for k, v in s.items()}
