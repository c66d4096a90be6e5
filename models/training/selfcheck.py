"""python -m selfcheck: what training relies on. Needs no clips and no server."""
import random

import numpy as np
import torch

from export import example
from holes import detect
from losses.variance import variance_loss
from marks import compose, draw_mark
from network import Restore


def marks_change_only_their_mask(rng):
    changed = 0
    for _ in range(60):
        picture = np.random.default_rng(rng.getrandbits(32)).random((96, 192, 3), np.float32)
        for layer in draw_mark(rng, 96, 192, 3)[1]:
            differs = (compose(picture, layer) != picture).any(2)
            assert not (differs & ~(layer[..., 3] > 0)).any(), 'a mark changed pixels outside its mask'
            changed += differs.any()
    assert changed > 100, 'marks are hardly ever seen'


def masks_cover_marks(rng):
    for _ in range(60):
        layers = draw_mark(rng, 96, 192, 6)[1]
        true = np.stack([layer[..., 3] > 0 for layer in layers])
        mask = detect(rng, true, 4, True)
        assert mask.shape == true.shape and not (true & ~mask).any(), 'a mark shows beside its mask'


def network_starts_at_the_blend():
    network, (fill, candidate, confidence, mask) = Restore(), example(4, 64, 128, 3)
    gate = torch.sigmoid(confidence * 4 + 2)
    blend = fill + (candidate - fill) * gate * mask
    with torch.no_grad():
        out = network(fill, candidate, confidence, mask)
    assert torch.allclose(out, blend, atol=1e-6), 'the untrained network is not the blend of its inputs'
    assert torch.equal(out * (1 - mask), fill * (1 - mask)), 'the network changed visible pixels'


def variance_sees_wandering():
    marked, mask = torch.ones(4, 3, 32, 32), torch.ones(4, 1, 32, 32)
    still, wandering = torch.zeros(4, 3, 32, 32), torch.ones(4, 3, 32, 32)
    wandering[::2] = 0
    assert variance_loss(marked, still, mask) < 1e-6 < 0.1 < variance_loss(marked, wandering, mask)


if __name__ == '__main__':
    marks_change_only_their_mask(random.Random(1))
    masks_cover_marks(random.Random(2))
    network_starts_at_the_blend()
    variance_sees_wandering()
    print('ok')
