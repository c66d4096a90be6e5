"""L1 inside the hole. Source: STTN (ECCV 2020), where it has weight 1."""


def hole_loss(out, truth, mask, weight):
    """Mean absolute error of the hidden samples; `weight` [T, 1, 1, 1] counts frames differently."""
    m = mask * weight
    return ((out - truth).abs() * m).sum() / (m.sum() * 3 + 64)
