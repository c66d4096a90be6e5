"""L1 outside the hole, of the network's picture before it is limited to the hole. Source: STTN (ECCV 2020).

The output there is the frame itself, so the error is taken against the input, not the truth: it teaches the network to
add nothing where nothing is missing, which keeps the seam at the hole's edge quiet.
"""


def valid_loss(everywhere, fill, mask):
    seen = 1 - mask
    return ((everywhere - fill).abs() * seen).sum() / (seen.sum() * 3 + 64)
