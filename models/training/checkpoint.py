"""Checkpoints: the running one with everything that training needs to go on, and the small one that is kept with the code."""
import os

import torch

from network import Restore


def averaged(ema, network, step, most):
    """Moves the running average of the weights towards the network's own; short memory at the start."""
    keep = min(most, 1 - 1 / (step / 12 + 2))
    with torch.no_grad():
        for name, value in network.state_dict().items():
            ema[name].mul_(keep).add_(value, alpha=1 - keep)


def save(path, state):
    """Whole or not at all."""
    torch.save(state, path + '.part')
    os.replace(path + '.part', path)


def restore(config, device, *paths):
    """(network, optimiser, ema, state) from the first of the paths that exists, or from nothing."""
    network = Restore(**config['network']).to(device)
    optimiser = torch.optim.Adam(network.parameters(), config['rate'], betas=(0.9, 0.99))
    state = {'step': 0, 'hours': 0.0}
    for path in filter(os.path.exists, paths):
        state = torch.load(path, map_location=device)
        network.load_state_dict(state.get('network', state['ema']))
        if 'optimiser' in state:
            optimiser.load_state_dict(state['optimiser'])
        break
    ema = {k: v.clone() for k, v in state.get('ema', network.state_dict()).items()}
    return network, optimiser, ema, {k: state[k] for k in ('step', 'hours')}


def average_network(config, ema, device):
    network = Restore(**config['network']).to(device)
    network.load_state_dict(ema)
    return network.eval()
