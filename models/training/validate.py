"""Quality on recordings that are never trained on: L1 and PSNR in the holes of the targets, for fill, candidate and network."""
import math
import random

import cv2
import numpy as np
import torch

from candidates import Candidates
from feed import as_asked, is_asked, seen, tensors
from losses.decibel import FLOOR
from samples import draw


def windows(clips, count, seed=11):
    """The same windows every time, with candidates as the product makes them now, and of each what the network is asked."""
    rng, maker, made = random.Random(seed), Candidates(), []
    while len(made) < count:
        sample = seen(draw(rng, clips), maker, True)
        if is_asked(sample) and as_asked(sample)['mask'].any():
            made.append(as_asked(sample))
    maker.close()
    return made


def picture(s, out):
    """Rows of a target: as it came, fill, candidate, restored, truth."""
    t = 1
    cells = (s['rgb'][t], s['fill'][t], s['candidate'][t], out[t].clamp(0, 1), s['truth'][t])
    row = torch.cat([c[:, :96, :192] for c in cells], 2)
    return (row.permute(1, 2, 0).cpu().numpy() * 255 + 0.5).astype(np.uint8)


@torch.no_grad()
def validate(network, made, device, png=None):
    """dict of L1 (levels of 255) and PSNR (dB) a kind of picture, over all hidden samples of all windows; of the network's over the candidate's PSNR the mean
    over windows (up to 48 dB, one level) and the share of windows in which it is higher."""
    sums, rows, gains = {k: [0.0, 0.0, 0.0] for k in ('fill', 'candidate', 'network')}, [], []
    for s in made:
        s = tensors(s, device)
        out = network(s['fill'], s['candidate'], s['confidence'], s['mask']).float()
        m = s['mask']
        level = {}
        for k, v in (('fill', s['fill']), ('candidate', s['candidate']), ('network', out.clamp(0, 1))):
            e = (v - s['truth']) * m
            for i, x in enumerate((e.abs().sum(), (e * e).sum(), m.sum() * 3)):
                sums[k][i] += float(x)
            level[k] = -10 * math.log10(float((e * e).sum() / (m.sum() * 3)) + FLOOR)
        gains.append(level['network'] - level['candidate'])
        if len(rows) < 16 and min(out.shape[2] - 96, out.shape[3] - 192) >= 0:
            rows.append(picture(s, out))
    if png:
        cv2.imwrite(png, np.vstack(rows)[..., ::-1])
    result = {'gain': round(sum(gains) / len(gains), 3), 'better': round(sum(g > 0 for g in gains) / len(gains), 3)}
    for k, (absolute, square, n) in sums.items():
        result[k + 'L1'], result[k + 'Psnr'] = round(absolute / n * 255, 3), round(-10 * math.log10(square / n), 3)
    return result
