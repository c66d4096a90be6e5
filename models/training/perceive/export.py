"""python -m perceive.export: writes the averaged weights as ONNX with manifest, card and parity fixture, and keeps them as a checkpoint."""
import argparse
import hashlib
import json
import os

import onnx
import torch

from checkpoint import save
from export import OPSET, last_quality
from perceive.network import CLASSES, FRAMES, MULTIPLE, SCALE
from perceive.overlays import MAKERS
from perceive.train import HERE, average


def example(height, width, seed):
    """A smooth picture with grain, new in every frame, and a bright plate that stays; whole levels of 255."""
    g = torch.Generator().manual_seed(seed)
    coarse = torch.rand(1, 1, height // 16, width // 16, generator=g)
    frames = torch.nn.functional.interpolate(coarse, (height, width), mode='bilinear', align_corners=False).repeat(1, FRAMES, 1, 1)
    frames = frames * 0.6 + 0.05 * torch.randn(frames.shape, generator=g) + 0.1
    frames[:, :, 8:20, width - 40 : width - 12] = 0.92
    frames[:, :, 11:17, width - 34 : width - 18 : 3] = 0.1
    return torch.round(frames.clamp(0, 1) * 255) / 255


def write_onnx(network, path):
    axes = {'frames': {0: 'N', 2: 'H', 3: 'W'}, 'maps': {0: 'N', 2: 'H/2', 3: 'W/2'}}
    torch.onnx.export(network, (example(64, 96, 1),), path + '.part', opset_version=OPSET, do_constant_folding=True,
                      input_names=['frames'], output_names=['maps'], dynamic_axes=axes)
    onnx.checker.check_model(path + '.part', full_check=True)
    os.replace(path + '.part', path)


@torch.no_grad()
def write_parity(network, folder):
    """Input and PyTorch's output as float32, little-endian, one tensor after the other."""
    frames = example(80, 112, 7)
    tensors = (('frames', frames), ('maps', network(frames)))
    with open(os.path.join(folder, 'parity.bin'), 'wb') as f:
        for _, v in tensors:
            f.write(v.numpy().astype('<f4').tobytes())
    with open(os.path.join(folder, 'parity.json'), 'w') as f:
        json.dump({'file': 'parity.bin', 'type': 'float32', 'tensors': [{'name': n, 'shape': list(v.shape)} for n, v in tensors]}, f)
        f.write('\n')


def write_manifest(config, state, quality, trained_on, folder):
    with open(os.path.join(folder, 'model.onnx'), 'rb') as f:
        sha = hashlib.sha256(f.read()).hexdigest()
    lines = sorted(n for n, _ in config['lines'])
    manifest = {
        'name': config['name'], 'version': config['version'], 'file': 'model.onnx', 'sha256': sha, 'opset': OPSET,
        'inputs': [{'name': 'frames', 'shape': ['N', FRAMES, 'H', 'W']}],
        'output': {'name': 'maps', 'shape': ['N', len(CLASSES), f'H/{SCALE}', f'W/{SCALE}']},
        'colour': 'luma', 'range': [0, 1], 'multipleOf': {'height': MULTIPLE, 'width': MULTIPLE}, 'classes': CLASSES,
        'lines': {'least': lines[0], 'best': config['lines'][0][0], 'most': lines[-1]}, 'threshold': float(quality['threshold']),
        'steps': state['step'], 'trainedOn': trained_on,
    }
    with open(os.path.join(folder, 'manifest.json'), 'w') as f:
        json.dump(manifest, f, indent=2)
        f.write('\n')


def write_card(state, quality, parameters, trained_on, folder):
    with open(os.path.join(HERE, 'perceive', 'card.md')) as f:
        text = f.read()
    precision = '\n'.join(f"| {c} | {quality['ap.' + c]} |" for c in CLASSES)
    share = '\n'.join(f"| {k} | {quality['moving.' + k]} | {quality['still.' + k]} |" for k in MAKERS)
    share += f"\n| all | {quality['moving']} | {quality['still']} |"
    with open(os.path.join(folder, 'CARD.md'), 'w') as f:
        f.write(text.format(parameters=f'{parameters / 1e6:.2f} M', steps=state['step'], hours=f"{state['hours']:.1f}",
                            trainedOn=trained_on, threshold=quality['threshold'], f1=quality['f1.mark'], precision=precision, share=share))


def main():
    p = argparse.ArgumentParser(description=__doc__)
    p.add_argument('--config', default='configs/perceive.json')
    p.add_argument('--run', default='run/perceive')
    args = p.parse_args()
    with open(os.path.join(HERE, args.config)) as f:
        config = json.load(f)
    run = os.path.join(HERE, args.run)
    quality = last_quality(os.path.join(run, 'validation.csv'))
    state = torch.load(os.path.join(run, 'validated.pt'), map_location='cpu')
    network = average(config, state['ema'])
    folder = os.path.join(os.path.dirname(HERE), config['name'])
    os.makedirs(folder, exist_ok=True)
    with open(os.path.join(run, 'luma.json')) as f:
        trained_on = f'{len(json.load(f))} clean shots of real footage, marks drawn by models/training/perceive'
    write_onnx(network, os.path.join(folder, 'model.onnx'))
    write_parity(network, folder)
    write_manifest(config, state, quality, trained_on, folder)
    write_card(state, quality, sum(v.numel() for v in network.parameters()), trained_on, folder)
    small = {**state, 'ema': {k: v.half() if v.is_floating_point() else v for k, v in state['ema'].items()}}
    save(os.path.join(HERE, 'checkpoints', config['name'] + '.pt'), small)
    print(f"step {state['step']}, {state['hours']:.2f} h: {dict(quality)}")


if __name__ == '__main__':
    main()
