"""python -m perceive.selfcheck: what training relies on. Needs no clips."""
import random

import numpy as np
import torch

from perceive.network import CLASSES, Perceive
from perceive.objective import objective
from perceive.overlays import FRAMES, MAKERS
from perceive.validate import average_precision
from perceive.windows import as_map, burn


def marks_change_only_what_they_cover(rng):
    for name, maker in MAKERS.items():
        seen = 0
        for _ in range(12):
            frames = np.random.default_rng(rng.getrandbits(32)).random((FRAMES, 270, 480), np.float32) * 255
            before, mark = frames.copy(), maker(rng, 270, 480)
            covered, change = burn(frames, mark)
            assert not ((frames != before).any(0) & ~covered).any(), f'{name} changed pixels that it does not cover'
            assert mark.kind in CLASSES and len(mark.layers) == FRAMES
            seen += covered.any() and change > 1
        assert seen > 6, f'{name} is hardly ever seen'


def maps_leave_a_rim():
    mask = np.zeros((64, 64), bool)
    mask[20:40, 20:40] = True
    m = as_map(mask, 64, 64)
    assert m.shape == (32, 32) and (m[10:20, 10:20] == 2).all() and m[9, 15] == 1 and m[7, 15] == 0


def crops_know_their_place():
    net = Perceive().eval()
    x = torch.zeros(1, 1, 34, 60)
    whole, part = net.coordinates(x, None), net.coordinates(x[:, :, :10, :20], torch.tensor([[-1, -1 + 2 * 10 / 34, -1, -1 + 2 * 20 / 60]]))
    assert torch.allclose(whole[:, :, :10, :20], part, atol=1e-5)


def perfect_is_better_than_blind():
    maps = torch.zeros(1, len(CLASSES), 40, 40, dtype=torch.uint8)
    maps[:, :2, 10:20, 10:20] = 2
    right, blind = torch.full(maps.shape, -8.0), torch.full(maps.shape, -4.0)
    right[:, :2, 10:20, 10:20] = 8
    assert float(objective(right, maps)[0]) < 0.2 * float(objective(blind, maps)[0])


def precision_is_right():
    positive, negative = np.zeros(10, int), np.zeros(10, int)
    positive[9], negative[5] = 10, 90
    assert average_precision(positive, negative) == 1
    positive[9], positive[0] = 5, 5
    assert abs(average_precision(positive, negative) - (0.5 + 0.5 * 10 / 100)) < 1e-9


if __name__ == '__main__':
    marks_change_only_what_they_cover(random.Random(1))
    maps_leave_a_rim()
    crops_know_their_place()
    perfect_is_better_than_blind()
    precision_is_right()
    print('ok')
