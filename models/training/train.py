"""python -m train CLIPS --hours 2: trains the restore network, going on from the last checkpoint if there is one."""
import argparse
import contextlib
import csv
import json
import math
import os
import random
import signal
import time

import torch

from checkpoint import average_network, averaged, restore, save
from clips import load
from feed import Pool, tensors, varied
from losses.patchgan import PatchGan, judge_loss
from objective import objective
from validate import validate, windows

HERE = os.path.dirname(os.path.abspath(__file__))


def arguments():
    p = argparse.ArgumentParser(description=__doc__)
    p.add_argument('clips', help='folder of mp4 files, or a file made by pack')
    p.add_argument('--config', default='configs/restore.json')
    p.add_argument('--run', default='run/restore', help='folder of checkpoint, log and pictures')
    p.add_argument('--hours', type=float, default=2.0, help='in all, earlier starts counted in')
    p.add_argument('--seed', type=int, default=1)
    p.add_argument('--feeders', type=int, default=1, help='data processes')
    return p.parse_args()


def rate_at(config, step, share):
    """Warm-up, then constant for a share of the time, then half a cosine down to a fiftieth."""
    late = max(0.0, (min(share, 1.0) - config['constantShare']) / (1 - config['constantShare']))
    return config['rate'] * min(1, (step + 1) / config['warmUpSteps']) * (0.02 + 0.98 * 0.5 * (1 + math.cos(math.pi * late)))


def precision(device):
    """bf16 where the hardware multiplies it (CUDA, AMX, AVX-512), else fp32."""
    with open('/proc/cpuinfo') as f:
        flags = f.read()
    fast = device.type == 'cuda' or 'amx_bf16' in flags or 'avx512_bf16' in flags
    return (lambda: torch.autocast(device.type, dtype=torch.bfloat16)) if fast else contextlib.nullcontext


def append(path, row):
    new = not os.path.exists(path)
    with open(path, 'a', newline='') as f:
        w = csv.DictWriter(f, row.keys())
        if new:
            w.writeheader()
        w.writerow(row)


class Judge:
    """The discriminator and its optimiser; absent unless the configuration gives it weight."""

    def __init__(self, device):
        self.net = PatchGan().to(device)
        self.optimiser = torch.optim.Adam(self.net.parameters(), 1e-4, betas=(0, 0.99))

    def learn(self, out, truth):
        self.optimiser.zero_grad()
        judge_loss(self.net, out, truth).backward()
        self.optimiser.step()


def step_once(config, network, optimiser, pool, rng, device, cast, judge):
    """One optimiser step over a few windows; the mean of each loss."""
    sums, n = {}, config['windowsPerStep']
    optimiser.zero_grad(set_to_none=True)
    for _ in range(n):
        s = varied(rng, tensors(pool.draw(), device))
        with cast():
            total, parts, out = objective(config, network, s, judge and judge.net)
        (total / n).backward()
        if judge:
            judge.learn(out[: s['targets']], s['truth'][: s['targets']])
        for k, v in parts.items():
            sums[k] = sums.get(k, 0) + v / n
    torch.nn.utils.clip_grad_norm_(network.parameters(), config['clip'])
    if all(math.isfinite(v) for v in sums.values()):
        optimiser.step()
    return sums


def main():
    args = arguments()
    with open(os.path.join(HERE, args.config)) as f:
        config = json.load(f)
    device = torch.device('cuda' if torch.cuda.is_available() else 'cpu')
    torch.manual_seed(args.seed)
    torch.set_num_threads(config['threads'])
    run, frames = os.path.join(HERE, args.run), os.path.join(HERE, 'run', 'frames')
    os.makedirs(run, exist_ok=True)
    with open(os.path.join(HERE, config['heldOut'])) as f:
        held_out = set(f.read().split())
    checkpoint = os.path.join(run, 'checkpoint.pt')
    network, optimiser, ema, state = restore(config, device, checkpoint, os.path.join(HERE, 'checkpoints', config['name'] + '.pt'))
    if device.type == 'cpu':  # 8 % faster there
        network = network.to(memory_format=torch.channels_last)
    step, before, start = state['step'], state['hours'], time.time()
    made = windows(load(args.clips, frames, held_out)[1], config['validationWindows'])
    judge = Judge(device) if config['losses']['gan'] > 0 else None
    pool = Pool(args.clips, frames, held_out, args.seed + step, config, args.feeders)
    rng, cast = random.Random(args.seed + step), precision(device)
    stop = []
    signal.signal(signal.SIGTERM, lambda *_: stop.append(1))
    sums, since, first = {}, time.time(), step
    while True:
        hours = before + (time.time() - start) / 3600
        over = bool(stop) or hours >= args.hours
        if step % config['validateEvery'] == 0 or step == first or over:
            quality = validate(average_network(config, ema, device), made, device, os.path.join(run, 'validation.png'))
            append(os.path.join(run, 'validation.csv'), {'step': step, 'hours': round(hours, 3), **quality})
            print(step, quality, flush=True)
        if step % config['saveEvery'] == 0 or over:
            save(checkpoint, dict(network=network.state_dict(), optimiser=optimiser.state_dict(), ema=ema, step=step, hours=hours))
        if over:
            break
        rate = rate_at(config, step, hours / args.hours)
        for group in optimiser.param_groups:
            group['lr'] = rate
        for k, v in step_once(config, network, optimiser, pool, rng, device, cast, judge).items():
            sums[k] = sums.get(k, 0) + v
        step += 1
        averaged(ema, network, step, config['ema'])
        if step % 25 == 0:
            means = {k: round(sums.get(k, 0) / 25, 5) for k in config['losses']}
            append(os.path.join(run, 'log.csv'), {'step': step, 'hours': round(hours, 3), 'rate': f'{rate:.2e}', 'secondsPerStep': round((time.time() - since) / 25, 2), 'windows': pool.arrived, **means})
            sums, since = {}, time.time()
    pool.close()


if __name__ == '__main__':
    main()
