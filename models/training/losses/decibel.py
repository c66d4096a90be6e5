"""Squared error of a window as a level, in units of ten decibels: every window counts for the share of its error that goes, not for how large the error is.

PSNR is judged a programme at a time. In L1, the few windows where hardly anything is known outweigh the many whose candidate is nearly right, and those are made worse.
"""
import torch

FLOOR = (1 / 255) ** 2  # one level: less does not show


def decibel_loss(out, truth, mask):
    return torch.log10((((out - truth) ** 2) * mask).sum() / (mask.sum() * 3 + 64) + FLOOR)
