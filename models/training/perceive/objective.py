"""What training minimises: focal cross-entropy and soft Dice a class, over the pixels that are judged."""
import torch
import torch.nn.functional as F

from perceive.network import CLASSES

WEIGHTS = {'mark': 2.0, 'scene': 0.5}
FOCUS = 1.5  # exponent of the focal loss (Lin et al., ICCV 2017)
SMOOTH = 300.0  # pixels: keeps Dice calm where a class hardly occurs, and lets it punish areas found in pictures without any


def objective(logits, maps):
    """(total, dict of parts) from logits [N, C, h, w] and maps [N, C, h, w]: 0 free, 1 not judged, 2 marked."""
    judged, target = (maps != 1).float(), (maps == 2).float()
    x = logits.float()
    p = torch.sigmoid(x)
    entropy = F.binary_cross_entropy_with_logits(x, target, reduction='none')
    missed = (target - p).abs().detach() ** FOCUS * (1 + 2 * target)
    weight = x.new_tensor([WEIGHTS.get(c, 1.0) for c in CLASSES])
    focal = (entropy * missed * judged).mean((0, 2, 3))
    p, target = p * judged, target * judged
    both, either = (p * target).sum((0, 2, 3)), (p + target).sum((0, 2, 3))
    dice = 1 - (2 * both + SMOOTH) / (either + SMOOTH)
    total = (weight * (60 * focal + dice)).sum() / weight.sum()
    return total, {'focal': float(focal.mean()) * 60, 'dice': float(dice.mean()), 'markDice': float(dice[0])}
