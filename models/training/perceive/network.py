"""The perception network: five frames of one shot in, maps of burnt-in marks out.

Its stem is a 3D network: a 1x3x3 convolution that all frames share, then one of 5x3x3 over the whole window, beside statistics over time. Then comes
a two-dimensional U-Net that sees the whole picture (dilated convolutions at 1/16 and a global mean) and knows where in the picture it is. That a 3D
network can perceive what repeats in time is Video-Auto-Wipe's. Time is a batch or channel axis in every convolution: CPU libraries are fastest
in two dimensions.
"""
import torch
import torch.nn as nn
import torch.nn.functional as F

FRAMES = 5
MULTIPLE = 16  # height and width of the input
SCALE = 2  # maps have half the lines of the input
CLASSES = ('mark', 'logo', 'text', 'band', 'watermark', 'moving', 'scene')


def smooth(x):
    """What is larger than some 8 samples. [N, C, H, W] -> the same."""
    return F.interpolate(F.avg_pool2d(x, 4), scale_factor=4.0, mode='bilinear', align_corners=False)


class Conv(nn.Module):
    """3 x 3 (or `size`) convolution, batch normalisation, ReLU."""

    def __init__(self, into, out, size=3, stride=1, dilation=1):
        super().__init__()
        self.conv = nn.Conv2d(into, out, size, stride, dilation * (size // 2), dilation, bias=False)
        self.norm = nn.BatchNorm2d(out)

    def forward(self, x):
        return F.relu(self.norm(self.conv(x)))


class Wide(nn.Module):
    """Residual pair: one dilated, one plain."""

    def __init__(self, channels, dilation):
        super().__init__()
        self.far, self.near = Conv(channels, channels, 3, 1, dilation), Conv(channels, channels)

    def forward(self, x):
        return x + self.near(self.far(x))


class Perceive(nn.Module):
    """frames [N, 5, H, W], luma in 0 ... 1, in order of time -> maps [N, 7, H/2, W/2] in 0 ... 1 in the order of CLASSES.

    H and W are multiples of 16. `place` [N, 4] says which part of the picture a training crop is (top, bottom, left, right in -1 ... 1);
    in use the input is the whole picture. With `logits` the maps come before the sigmoid.
    """

    def __init__(self, look=8, half=16, quarter=48, eighth=64, sixteenth=96):
        super().__init__()
        self.look = nn.Conv2d(3, look, 3, 2, 1)
        self.still, self.mix = nn.Conv2d(4, half, 3, 2, 1, bias=False), nn.Conv2d(FRAMES * look, half, 1, bias=False)
        self.norm2 = nn.BatchNorm2d(half)
        self.over_time = nn.Conv2d(FRAMES * look, quarter, 3, 2, 1, bias=False)
        self.down4, self.norm4 = nn.Conv2d(half, quarter, 3, 2, 1, bias=False), nn.BatchNorm2d(quarter)
        self.enc4 = Conv(quarter, quarter)
        self.down8 = Conv(quarter, eighth, 3, 2)
        self.enc8 = Conv(eighth + 2, eighth)
        self.down16 = Conv(eighth, sixteenth, 3, 2)
        self.wide = nn.ModuleList([Wide(sixteenth, d) for d in (2, 4, 8)])
        self.all = nn.Conv2d(sixteenth, sixteenth, 1)
        self.up8, self.dec8 = nn.Conv2d(sixteenth, eighth, 1), Conv(eighth, eighth)
        self.up4, self.dec4 = nn.Conv2d(eighth, quarter, 1), Conv(quarter, quarter)
        self.up2, self.dec2 = nn.Conv2d(quarter, 4 * half, 1), Conv(half, half)
        self.out = nn.Conv2d(half, len(CLASSES), 1)
        nn.init.constant_(self.out.bias, -4)

    @staticmethod
    def inputs(frames):
        """What every frame shows ([N, 5, 3, H, W]: luma, detail, change) and what stays ([N, 4, H, W]: mean, its detail, all detail, unrest).

        Detail that stays while all detail changes is what a mark on a moving scene looks like.
        """
        mean = frames.mean(1, keepdim=True)
        change = frames - mean
        unrest = torch.log(1 + 250 * (change * change).mean(1, keepdim=True).sqrt())
        coarse = smooth(frames)
        detail = frames - coarse
        every = torch.stack([3 * frames - 1.5, (8 * detail).clamp(-2, 2), (8 * change).clamp(-2, 2)], 2)
        stays = (12 * (mean - coarse.mean(1, keepdim=True))).clamp(-2, 2)
        return every, torch.cat([3 * mean - 1.5, stays, (12 * detail.abs().mean(1, keepdim=True)).clamp(max=2), unrest], 1)

    @staticmethod
    def coordinates(x, place):
        """[N, 2, h, w]: height and side in the picture, -1 ... 1."""
        ones = torch.ones_like(x[:, :1])
        y, z = ones.cumsum(2), ones.cumsum(3)
        y, z = (y - 0.5) / y[:, :, -1:], (z - 0.5) / z[:, :, :, -1:]
        if place is None:
            return torch.cat([2 * y - 1, 2 * z - 1], 1)
        top, bottom, left, right = (p.reshape(-1, 1, 1, 1) for p in place.unbind(1))
        return torch.cat([top + (bottom - top) * y, left + (right - left) * z], 1)

    def forward(self, frames, place=None, logits=False):
        n, _, height, width = frames.shape
        every, stays = self.inputs(frames)
        looks = F.relu(self.look(every.reshape(n * FRAMES, 3, height, width))).reshape(n, -1, height // 2, width // 2)
        half = F.relu(self.norm2(self.still(stays) + self.mix(looks)))
        quarter = self.over_time(looks) + self.down4(half)
        quarter = self.enc4(F.relu(self.norm4(quarter)))
        eighth = self.down8(quarter)
        eighth = self.enc8(torch.cat([eighth, self.coordinates(eighth, place).to(eighth.dtype)], 1))
        x = self.down16(eighth)
        for block in self.wide:
            x = block(x)
        x = x + F.relu(self.all(x.mean((2, 3), keepdim=True)))
        for up, skip, dec in ((self.up8, eighth, self.dec8), (self.up4, quarter, self.dec4)):
            x = dec(F.interpolate(up(x), scale_factor=2.0, mode='nearest') + skip)
        x = self.dec2(F.pixel_shuffle(self.up2(x), 2) + half)
        x = self.out(x)
        return x if logits else torch.sigmoid(x)
