"""T-PatchGAN: six 3D convolutions judge patches in space and time, with the hinge loss.

Source: Chang et al., Free-form Video Inpainting with 3D Gated Convolution and Temporal PatchGAN (ICCV 2019), as used by STTN with
weight 0.01 for the generator. Too slow for a CPU: the configuration turns it on for GPU runs.
"""
import torch
import torch.nn as nn
import torch.nn.functional as F
from torch.nn.utils import spectral_norm


class PatchGan(nn.Module):
    """[T, 3, H, W] in 0 ... 1 -> scores of patches."""

    def __init__(self, base=32):
        super().__init__()
        sizes = (3, base, base * 2, base * 4, base * 4, base * 4)
        layers = []
        for a, b in zip(sizes, sizes[1:]):
            layers += [spectral_norm(nn.Conv3d(a, b, (3, 5, 5), stride=(1, 2, 2), padding=(1, 2, 2))), nn.LeakyReLU(0.2)]
        self.net = nn.Sequential(*layers, nn.Conv3d(sizes[-1], base * 4, (3, 5, 5), stride=(1, 2, 2), padding=(1, 2, 2)))

    def forward(self, x):
        return self.net((x * 2 - 1).permute(1, 0, 2, 3).unsqueeze(0))


def judge_loss(judge, out, truth):
    """What the discriminator minimises."""
    return (F.relu(1 - judge(truth)).mean() + F.relu(1 + judge(out.detach())).mean()) / 2


def fool_loss(judge, out):
    """What the network minimises."""
    return -judge(out).mean()
