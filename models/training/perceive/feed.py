"""The data process, and the pool of windows that training draws batches from."""
import multiprocessing
import queue
import random

import numpy as np
import torch

from perceive.network import MULTIPLE, SCALE


def sizes(config):
    """Every size of input: ((height, width), share)."""
    return [((lines, max(MULTIPLE * 10, round(lines * aspect / MULTIPLE) * MULTIPLE)), a * b) for lines, a in config['lines'] for aspect, b in config['aspects']]


def size_of(rng, config):
    """Lines and shape of a picture; portrait pictures have their lines along the longer side."""
    choice, shares = zip(*sizes(config))
    height, width = rng.choices(choice, shares)[0]
    return (272, 160) if width < height and height == 208 else (480, 272) if width < height else (height, width)


def run(out, seed, clips, into, held_out, config):
    """Body of the data process; ends with its parent."""
    import cv2

    from perceive.shots import load
    from perceive.windows import draw

    cv2.setNumThreads(1)
    rng, train = random.Random(seed), load(clips, into, held_out)[0]
    while True:
        made = draw(rng, train, *size_of(rng, config))
        out.put({'luma': made['luma'], 'maps': made['maps']})


def cropped(rng, item, height, width):
    """A part of a window, mostly one with a mark or a sign, each class as often as any other, and its place in the picture (-1 ... 1)."""
    h, w = item['luma'].shape[1:]
    y, x = rng.randint(0, (h - height) // SCALE) * SCALE, rng.randint(0, (w - width) // SCALE) * SCALE
    if rng.random() < 0.7:
        there = [m for m in item['maps'][1:] == 2 if m.any()]  # by class: a bug has a hundredth of the samples of a ticker
        if there:
            rows, columns = np.nonzero(rng.choice(there))
            k = rng.randrange(len(rows))
            y = min(max(0, SCALE * int(rows[k]) - rng.randint(0, height)), h - height) // SCALE * SCALE
            x = min(max(0, SCALE * int(columns[k]) - rng.randint(0, width)), w - width) // SCALE * SCALE
    elif rng.random() < 0.5:
        y, x = rng.choice((0, h - height)), rng.choice((0, w - width))
    maps = item['maps'][:, y // SCALE : (y + height) // SCALE, x // SCALE : (x + width) // SCALE]
    place = (2 * y / h - 1, 2 * (y + height) / h - 1, 2 * x / w - 1, 2 * (x + width) / w - 1)
    return item['luma'][:, y : y + height, x : x + width], maps, place


class Pool:
    """The last windows that arrived, handed out at random, each `usesPerSample` times on average; where the data side is slower, oftener."""

    def __init__(self, clips, into, held_out, seed, config, feeders=1):
        self.config, self.items, self.rng = config, [], random.Random(seed)
        context = multiprocessing.get_context('spawn')
        self.queue = context.Queue(16)
        self.feeders = [context.Process(target=run, args=(self.queue, seed * 97 + i, clips, into, held_out, config), daemon=True) for i in range(feeders)]
        for f in self.feeders:
            f.start()
        self.arrived = self.handed = 0

    def _accept(self):
        try:
            self.items.append(self.queue.get(timeout=20))
        except queue.Empty:
            if not all(f.is_alive() for f in self.feeders):
                raise RuntimeError('the data process has ended; its message is above')
            return
        self.arrived += 1
        if len(self.items) > self.config['pool']:
            self.items.pop(0)

    def _refill(self):
        while len(self.items) < min(40, self.config['pool']):
            self._accept()
        while not self.queue.empty() and self.arrived * self.config['usesPerSample'] < self.handed + self.config['pool']:
            self._accept()

    def batch(self):
        """(luma [N, 5, H, W] in 0 ... 1, maps uint8 [N, 7, H/2, W/2], place [N, 4]): crops of any windows, or whole windows of one size."""
        self._refill()
        rng, crop = self.rng, self.config['crop']
        first = rng.choice(self.items)
        alike = [i for i in self.items if i['luma'].shape == first['luma'].shape]
        if rng.random() < self.config['cropShare'] or len(alike) < self.config['whole']['windows'] or first['luma'].shape[1] * first['luma'].shape[2] > 150_000:
            fits = [i for i in self.items if i['luma'].shape[1] >= crop['height'] and i['luma'].shape[2] >= crop['width']]
            chosen = [cropped(rng, i, crop['height'], crop['width']) for i in rng.sample(fits, min(len(fits), crop['windows']))]
        else:
            chosen = [(i['luma'], i['maps'], (-1, 1, -1, 1)) for i in rng.sample(alike, self.config['whole']['windows'])]
        self.handed += len(chosen)
        luma = np.stack([c[0][::-1] if rng.random() < 0.5 else c[0] for c in chosen])
        place = torch.tensor([c[2] for c in chosen], dtype=torch.float32)
        return torch.from_numpy(luma).float() / 255, torch.from_numpy(np.stack([c[1] for c in chosen])), place

    def close(self):
        for f in self.feeders:
            f.terminate()
