"""Error of the difference between neighbouring frames: flicker inside the hole.

Source: the temporal term of flow-based video inpainting (Lai et al., Learning Blind Video Temporal Consistency, ECCV 2018)
with the truth's own change in the place of the warped frame, so that no flow is needed.
"""
import torch


def temporal_loss(out, truth, mask):
    """All tensors hold consecutive frames only."""
    error = ((out[1:] - out[:-1]) - (truth[1:] - truth[:-1])).abs()
    hidden = torch.maximum(mask[1:], mask[:-1])
    return (error * hidden).sum() / (hidden.sum() * 3 + 64)
