"""What training minimises: cross-entropy and soft Dice a class, over the pixels that are judged.

No focal loss: it lets a haze of small probabilities stand over the whole picture, and what counts is to be silent on clean pictures.
"""
import torch
import torch.nn.functional as F

from perceive.network import CLASSES

WEIGHTS = {'mark': 2.0, 'scene': 0.5}
MARKED = 3.0  # weight of marked pixels, which are few
ENTROPY = 15.0  # weight of the cross-entropy against Dice
SMOOTH = 300.0  # pixels: keeps Dice calm where a class hardly occurs, and lets it punish areas found in pictures without any


def objective(logits, maps):
    """(total, dict of parts) from logits [N, C, h, w] and maps [N, C, h, w]: 0 free, 1 not judged, 2 marked."""
    judged, target = (maps != 1).float(), (maps == 2).float()
    x = logits.float()
    p = torch.sigmoid(x)
    entropy = F.binary_cross_entropy_with_logits(x, target, reduction='none')
    weight = x.new_tensor([WEIGHTS.get(c, 1.0) for c in CLASSES])
    entropy = (entropy * (1 + (MARKED - 1) * target) * judged).mean((0, 2, 3))
    p, target = p * judged, target * judged
    both, either = (p * target).sum((0, 2, 3)), (p + target).sum((0, 2, 3))
    dice = 1 - (2 * both + SMOOTH) / (either + SMOOTH)
    total = (weight * (ENTROPY * entropy + dice)).sum() / weight.sum()
    return total, {'entropy': float(entropy.mean()) * ENTROPY, 'dice': float(dice.mean()), 'markDice': float(dice[0])}
