"""Losses, one a file. Each takes tensors [T, C, H, W] in 0 ... 1 and returns a scalar tensor."""
