"""python -m export: writes the averaged weights as ONNX with manifest, card and parity fixture, and keeps them as a checkpoint.

Everything is written from one checkpoint in one go, so that the files in models/restore belong together.
"""
import argparse
import csv
import hashlib
import json
import os

import numpy as np
import onnx
import torch

from checkpoint import average_network, save
from network import MULTIPLE

HERE = os.path.dirname(os.path.abspath(__file__))
OPSET = 16
INPUTS = (('fill', 3), ('candidate', 3), ('confidence', 1), ('mask', 1))


def example(frames, height, width, seed):
    """Inputs as the product makes them: a hole, the same frame around it in fill and candidate, rough confidence."""
    g = torch.Generator().manual_seed(seed)
    coarse = torch.rand(frames, 3, height // 8, width // 8, generator=g)
    fill = torch.nn.functional.interpolate(coarse, (height, width), mode='bilinear', align_corners=False)
    mask = torch.zeros(frames, 1, height, width)
    mask[:, :, height // 4 : height // 2, width // 8 : -width // 8] = 1
    mask[-1, :, :, : width // 2] = 0
    confidence = torch.rand(frames, 1, height, width, generator=g) * mask
    other = fill + 0.2 * (torch.rand(fill.shape, generator=g) - 0.5) * mask * (confidence > 0.2)
    # in whole levels of 255, as they reach the network in the product
    return [torch.round(x.clamp(0, 1) * 255) / 255 for x in (fill, other, confidence, mask)]


def write_onnx(network, path):
    axes = {name: {0: 'T', 2: 'H', 3: 'W'} for name in (*(n for n, _ in INPUTS), 'restored')}
    torch.onnx.export(network, tuple(example(3, 64, 128, 1)), path + '.part', opset_version=OPSET, do_constant_folding=True,
                      input_names=[n for n, _ in INPUTS], output_names=['restored'], dynamic_axes=axes)
    onnx.checker.check_model(path + '.part', full_check=True)
    os.replace(path + '.part', path)


@torch.no_grad()
def write_parity(network, folder):
    """Inputs and PyTorch's output as float32, little-endian, one tensor after the other."""
    values = example(3, 64, 128, 7)
    tensors = [*zip((n for n, _ in INPUTS), values), ('restored', network(*values))]
    with open(os.path.join(folder, 'parity.bin'), 'wb') as f:
        for _, v in tensors:
            f.write(v.numpy().astype('<f4').tobytes())
    with open(os.path.join(folder, 'parity.json'), 'w') as f:
        json.dump({'file': 'parity.bin', 'type': 'float32', 'tensors': [{'name': n, 'shape': list(v.shape)} for n, v in tensors]}, f)
        f.write('\n')


def write_manifest(config, state, trained_on, folder):
    with open(os.path.join(folder, 'model.onnx'), 'rb') as f:
        sha = hashlib.sha256(f.read()).hexdigest()
    manifest = {
        'name': config['name'], 'version': config['version'], 'file': 'model.onnx', 'sha256': sha, 'opset': OPSET,
        'inputs': [{'name': n, 'shape': ['T', c, 'H', 'W']} for n, c in INPUTS],
        'output': {'name': 'restored', 'shape': ['T', 3, 'H', 'W']},
        'colour': 'rgb', 'range': [0, 1], 'multipleOf': {'height': MULTIPLE[0], 'width': MULTIPLE[1]},
        'window': {'targets': 4, 'references': 4}, 'steps': state['step'], 'trainedOn': trained_on,
    }
    with open(os.path.join(folder, 'manifest.json'), 'w') as f:
        json.dump(manifest, f, indent=2)
        f.write('\n')


def write_card(config, state, quality, parameters, trained_on, folder):
    with open(os.path.join(HERE, 'card.md')) as f:
        text = f.read()
    losses = ', '.join(f'{k} {v}' for k, v in config['losses'].items() if v)
    facts = {'parameters': f'{parameters / 1e6:.2f} M', 'steps': state['step'], 'hours': f"{state['hours']:.1f}",
             'windows': config['windowsPerStep'], 'losses': losses, 'trainedOn': trained_on, **quality}
    with open(os.path.join(folder, 'CARD.md'), 'w') as f:
        f.write(text.format(**facts))


def last_quality(path):
    with open(path) as f:
        return list(csv.DictReader(f))[-1]


def main():
    p = argparse.ArgumentParser(description=__doc__)
    p.add_argument('--config', default='configs/restore.json')
    p.add_argument('--run', default='run/restore')
    args = p.parse_args()
    with open(os.path.join(HERE, args.config)) as f:
        config = json.load(f)
    state = torch.load(os.path.join(HERE, args.run, 'checkpoint.pt'), map_location='cpu')
    network = average_network(config, state['ema'], 'cpu')
    folder = os.path.join(os.path.dirname(HERE), config['name'])
    os.makedirs(folder, exist_ok=True)
    with open(os.path.join(HERE, 'run', 'frames.json')) as f:
        clips = json.load(f)
    trained_on = f"{len(clips)} clean shots of real footage, marks drawn by models/training/marks.py"
    write_onnx(network, os.path.join(folder, 'model.onnx'))
    write_parity(network, folder)
    write_manifest(config, state, trained_on, folder)
    quality = {k: v for k, v in last_quality(os.path.join(HERE, args.run, 'validation.csv')).items() if k not in ('step', 'hours')}
    write_card(config, state, quality, sum(np.prod(v.shape) for v in state['ema'].values()), trained_on, folder)
    save(os.path.join(HERE, 'checkpoints', config['name'] + '.pt'), {k: state[k] for k in ('ema', 'step', 'hours')})
    print(f"step {state['step']}, {state['hours']:.2f} h: {quality}")


if __name__ == '__main__':
    main()
