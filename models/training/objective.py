"""The training objective: the losses of one window, weighed as the configuration says."""
import torch

from losses.decibel import decibel_loss
from losses.detail import detail_loss
from losses.hole import hole_loss
from losses.patchgan import fool_loss
from losses.square import square_loss
from losses.temporal import temporal_loss
from losses.valid import valid_loss
from losses.variance import variance_loss


def objective(config, network, s, judge=None):
    """(total, parts as floats, restored) of a window `s` as feed.tensors makes it."""
    every = network.everywhere(s['fill'], s['candidate'], s['confidence'], s['mask']).float()
    out = s['fill'] + (every - s['fill']) * s['mask']
    weight = torch.full((len(out), 1, 1, 1), config['referenceWeight'], device=out.device)
    t, w = slice(0, s['targets']), config['losses']
    weight[t] = 1
    parts = {
        'hole': hole_loss(out, s['truth'], s['mask'], weight),
        'square': square_loss(out[t], s['truth'][t], s['mask'][t]),
        'decibel': decibel_loss(out[t], s['truth'][t], s['mask'][t]),
        'temporal': temporal_loss(out[t], s['truth'][t], s['mask'][t]),
        'detail': detail_loss(out[t], s['truth'][t], s['mask'][t]),
        'valid': valid_loss(every, s['fill'], s['mask']),
    }
    if s['fixed'] and bool((s['mask'][t].amax((1, 2, 3)) > 0).all()):
        parts['variance'] = variance_loss(s['rgb'][t], out[t], s['mask'][t])
    if judge is not None:
        parts['gan'] = fool_loss(judge, out[t])
    total = sum(w[k] * v for k, v in parts.items())
    return total, {k: float(v.detach()) for k, v in parts.items()}, out
