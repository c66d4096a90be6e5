"""The restore network: fuses a smooth fill and a candidate copied from other frames, and adds what neither has.

Three scales: 1/2 and 1/4 carry detail (factorised 3D convolutions at 1/4: 1x3x3, then 3x1x1), 1/8 carries structure
(multi-scale patch attention over all frames of the window; keys count only where the picture is visible).
Sources: the encoder-decoder with 3D convolutions after CombCN (AAAI 2019), the patch attention after STTN (ECCV 2020).
Every convolution is two-dimensional, time being an image axis where needed: CPU libraries are fastest there.
At initialisation the last layer is zero, so the output is exactly the confidence-weighted blend of fill and candidate.
"""
import torch
import torch.nn as nn
import torch.nn.functional as F

PATCHES = ((2, 2), (2, 4), (4, 4), (4, 8))
MULTIPLE = (32, 64)  # height, width: 1/8 scale times the largest patch


def leaky(x):
    return F.leaky_relu(x, 0.1)


class SpaceTime(nn.Module):
    """Factorised 3D convolution, residual. [T, C, h, w] -> the same; frames are consecutive along T."""

    def __init__(self, channels, dilation=1):
        super().__init__()
        self.space = nn.Conv2d(channels, channels, 3, padding=dilation, dilation=dilation)
        self.time = nn.Conv2d(channels, channels, (3, 1), padding=(1, 0))

    def forward(self, x):
        _, c, h, w = x.shape
        y = leaky(self.space(x)).permute(1, 0, 2, 3)
        y = self.time(y.reshape(1, c, -1, h * w))
        return x + y.reshape(c, -1, h, w).permute(1, 0, 2, 3)


class PatchAttention(nn.Module):
    """One head a patch size; every patch looks at all patches of all frames, hidden ones being strongly discouraged."""

    def __init__(self, channels):
        super().__init__()
        self.qkv = nn.Conv2d(channels, 3 * channels, 1)
        self.mix = nn.Conv2d(channels, channels, 3, padding=1)

    def forward(self, x, visible):
        """x [T, C, h, w], visible [T, 1, h, w] in 0 ... 1."""
        _, c, h, w = x.shape
        k = c // len(PATCHES)
        query, key, value = self.qkv(x).split(c, 1)
        heads = []
        for i, (ph, pw) in enumerate(PATCHES):
            rows, cols = h // ph, w // pw

            def tokens(t):
                t = t[:, i * k : (i + 1) * k].reshape(-1, k, rows, ph, cols, pw)
                return t.permute(0, 2, 4, 1, 3, 5).reshape(-1, k * ph * pw)

            bias = (F.avg_pool2d(visible, (ph, pw)).reshape(1, -1) - 1) * 8.0
            near = (tokens(query) * (k * ph * pw) ** -0.5) @ tokens(key).t() + bias
            y = near.softmax(-1) @ tokens(value)
            heads.append(y.reshape(-1, rows, cols, k, ph, pw).permute(0, 3, 1, 4, 2, 5).reshape(-1, k, h, w))
        return leaky(self.mix(torch.cat(heads, 1)))


class Block(nn.Module):
    def __init__(self, channels):
        super().__init__()
        self.attention = PatchAttention(channels)
        self.wide = nn.Conv2d(channels, channels, 3, padding=2, dilation=2)
        self.near = nn.Conv2d(channels, channels, 3, padding=1)

    def forward(self, x, visible):
        x = x + self.attention(x, visible)
        return x + leaky(self.near(leaky(self.wide(x))))


class Restore(nn.Module):
    """fill, candidate [T, 3, H, W] (outside the hole: the frame itself), confidence, mask [T, 1, H, W] -> restored [T, 3, H, W].

    All in 0 ... 1, RGB; mask 1 = hidden; H a multiple of 32, W of 64. Targets come first, in order, then the references.
    """

    def __init__(self, half=16, quarter=32, eighth=96, blocks=3):
        super().__init__()
        self.in1 = nn.Conv2d(8, half, 3, stride=2, padding=1)
        self.in2 = nn.Conv2d(half, half, 3, padding=1)
        self.down4 = nn.Conv2d(half, quarter, 3, stride=2, padding=1)
        self.motion = nn.ModuleList([SpaceTime(quarter, d) for d in (1, 2, 4)])
        self.down8 = nn.Conv2d(quarter, eighth, 3, stride=2, padding=1)
        self.blocks = nn.ModuleList([Block(eighth) for _ in range(blocks)])
        self.up4 = nn.Conv2d(eighth, quarter * 4, 3, padding=1)
        self.join4 = nn.Conv2d(2 * quarter, quarter, 3, padding=1)
        self.smooth = SpaceTime(quarter)
        self.up2 = nn.Conv2d(quarter, half * 4, 3, padding=1)
        self.join2 = nn.Conv2d(2 * half, half, 3, padding=1)
        self.last = nn.Conv2d(half, half, 3, padding=1)
        self.out = nn.Conv2d(half, 16, 3, padding=1)  # 4 sub-pixels of (residual r, g, b, gate)
        nn.init.zeros_(self.out.weight)
        nn.init.zeros_(self.out.bias)

    def everywhere(self, fill, candidate, confidence, mask):
        """The restored picture before it is limited to the hole: the loss outside looks at this."""
        x = torch.cat([fill * 2 - 1, (candidate - fill) * 2, confidence, mask], 1)
        at2 = leaky(self.in2(leaky(self.in1(x))))
        at4 = leaky(self.down4(at2))
        for layer in self.motion:
            at4 = layer(at4)
        at8 = leaky(self.down8(at4))
        visible = 1 - F.avg_pool2d(mask * (1 - confidence), 8)
        for block in self.blocks:
            at8 = block(at8, visible)
        y = F.pixel_shuffle(leaky(self.up4(at8)), 2)
        y = self.smooth(leaky(self.join4(torch.cat([y, at4], 1))))
        y = F.pixel_shuffle(leaky(self.up2(y)), 2)
        y = leaky(self.last(leaky(self.join2(torch.cat([y, at2], 1)))))
        y = F.pixel_shuffle(self.out(y), 2)
        gate = torch.sigmoid(y[:, 3:] * 4 + confidence * 4 + 2)
        return fill + (candidate - fill) * gate + y[:, :3] * 0.5

    def forward(self, fill, candidate, confidence, mask):
        return fill + (self.everywhere(fill, candidate, confidence, mask) - fill) * mask
