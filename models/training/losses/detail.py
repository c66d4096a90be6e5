"""Error of the gradients at two scales: keeps edges and texture that plain L1 blurs away.

Source: the gradient difference loss of Mathieu et al. (ICLR 2016), taken at two scales as in multi-scale gradient matching
(MegaDepth, CVPR 2018).
"""
import torch.nn.functional as F


def _gradients(x):
    return x[..., :, 1:] - x[..., :, :-1], x[..., 1:, :] - x[..., :-1, :]


def detail_loss(out, truth, mask):
    error, total = out - truth, 0
    for _ in range(2):
        across, down = _gradients(error)
        total = total + ((across.abs() * mask[..., :, 1:]).sum() + (down.abs() * mask[..., 1:, :]).sum()) / (mask.sum() * 3 + 64)
        error, mask = F.avg_pool2d(error, 2), F.avg_pool2d(mask, 2)
    return total
