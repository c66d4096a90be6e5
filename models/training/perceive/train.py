"""python -m perceive.train CLIPS --hours 8: trains the perception network, going on from the last checkpoint if there is one."""
import argparse
import json
import os
import random
import signal
import time

import torch

from checkpoint import averaged, save
from perceive.feed import Pool
from perceive.network import Perceive
from perceive.objective import objective
from perceive.shots import load
from perceive.validate import validate, windows
from train import append, precision

HERE = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))


def rate_at(config, step, left=1.0):
    """Warm-up, then falling with the root of the steps: good whenever the run is stopped. `left` (1 ... 0) cools it down before an end that is known."""
    return left * config['rate'] * min(1, (step + 1) / config['warmUpSteps']) * (config['decayFrom'] / max(step, config['decayFrom'])) ** 0.5


def resumed(config, *paths):
    """(network, optimiser, averaged weights, state) from the first of the paths that exists, or from nothing."""
    network = Perceive(**config['network'])
    optimiser = torch.optim.AdamW(network.parameters(), config['rate'], weight_decay=1e-4)
    state = {'step': 0, 'hours': 0.0}
    for path in filter(os.path.exists, paths):
        state = torch.load(path, map_location='cpu')
        network.load_state_dict(state.get('network', state['ema']))
        if 'optimiser' in state:
            optimiser.load_state_dict(state['optimiser'])
        break
    ema = {k: v.clone().float() for k, v in state.get('ema', network.state_dict()).items()}
    return network, optimiser, ema, {k: state[k] for k in ('step', 'hours')}


def average(config, ema):
    network = Perceive(**config['network'])
    network.load_state_dict(ema)
    return network.eval()


def learn(config, network, optimiser, batch, cast):
    luma, maps, place = batch
    optimiser.zero_grad(set_to_none=True)
    with cast():
        logits = network(luma, place, logits=True)
    total, parts = objective(logits, maps)
    total.backward()
    size = torch.nn.utils.clip_grad_norm_(network.parameters(), config['clip'])
    if torch.isfinite(total) and torch.isfinite(size):
        optimiser.step()
    return parts


def main():
    p = argparse.ArgumentParser(description=__doc__)
    p.add_argument('clips', help='folder of clean mp4 files')
    p.add_argument('--config', default='configs/perceive.json')
    p.add_argument('--run', default='run/perceive', help='folder of checkpoint and log')
    p.add_argument('--hours', type=float, default=8.0, help='in all, earlier starts counted in')
    p.add_argument('--cool', type=float, default=0.0, help='of these, hours at the end over which the learning rate falls to nothing')
    p.add_argument('--seed', type=int, default=1)
    p.add_argument('--feeders', type=int, default=1, help='data processes')
    args = p.parse_args()
    with open(os.path.join(HERE, args.config)) as f:
        config = json.load(f)
    torch.manual_seed(args.seed)
    torch.set_num_threads(config['threads'])
    run_folder = os.path.join(HERE, args.run)
    luma, checkpoint = os.path.join(run_folder, 'luma'), os.path.join(run_folder, 'checkpoint.pt')
    os.makedirs(run_folder, exist_ok=True)
    with open(os.path.join(HERE, config['heldOut'])) as f:
        held_out = set(f.read().split())
    made = []
    network, optimiser, ema, state = resumed(config, checkpoint, os.path.join(HERE, 'checkpoints', config['name'] + '.pt'))
    network = network.to(memory_format=torch.channels_last)
    step, before, start = state['step'], state['hours'], time.time()
    load(args.clips, luma, held_out)  # decodes the clips, once, before the data processes look for them
    pool = Pool(args.clips, luma, held_out, args.seed + step, config, args.feeders)
    random.seed(args.seed + step)
    cast, stop = precision(torch.device('cpu')), []
    signal.signal(signal.SIGTERM, lambda *_: stop.append(1))
    sums, since = {}, time.time()
    while True:
        hours = before + (time.time() - start) / 3600
        over = bool(stop) or hours >= args.hours
        if step and (step % config['saveEvery'] == 0 or over):
            save(checkpoint, dict(network=network.state_dict(), optimiser=optimiser.state_dict(), ema=ema, step=step, hours=hours))
        if step and (step % config['validateEvery'] == 0 or over):
            made = made or windows(load(args.clips, luma, held_out)[1], config['validationWindows'])
            quality = validate(average(config, ema), made)
            append(os.path.join(run_folder, 'validation.csv'), {'step': step, 'hours': round(hours, 3), **quality})
            save(os.path.join(run_folder, 'validated.pt'), dict(ema=ema, step=step, hours=hours))
            print(step, quality, flush=True)
        if over:
            break
        for group in optimiser.param_groups:
            group['lr'] = rate_at(config, step, min(1, (args.hours - hours) / args.cool) if args.cool else 1)
        network.train()
        for k, v in learn(config, network, optimiser, pool.batch(), cast).items():
            sums[k] = sums.get(k, 0) + v
        step += 1
        averaged(ema, network, step, config['ema'])
        if step % 25 == 0:
            means = {k: round(v / 25, 5) for k, v in sums.items()}
            append(os.path.join(run_folder, 'log.csv'), {'step': step, 'hours': round(hours, 3), 'secondsPerStep': round((time.time() - since) / 25, 2), 'windows': pool.arrived, **means})
            sums, since = {}, time.time()
    pool.close()


if __name__ == '__main__':
    main()
