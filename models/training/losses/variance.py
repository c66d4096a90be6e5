"""Logo variance: a fixed mark must be wiped at the same place and with the same extent in every frame.

Source: Video-Auto-Wipe: binarise |input - output| a frame, take the variance over time, add it to the loss. Binarising has no
gradient, so a sigmoid around the threshold stands for it. Only for windows whose mark stands still and shows throughout.
"""
import torch

THRESHOLD = 0.06
SOFTNESS = 0.02


def variance_loss(marked, out, mask):
    """marked, out [T, 3, H, W]: the pictures with the mark in them, and without; mask [T, 1, H, W] the hidden samples."""
    change = (marked - out).abs().mean(1, keepdim=True)
    wiped = torch.sigmoid((change - THRESHOLD) / SOFTNESS)
    hidden = mask.amin(0, keepdim=True)
    return (wiped.var(0, unbiased=False, keepdim=True) * hidden).sum() / (hidden.sum() + 64)
