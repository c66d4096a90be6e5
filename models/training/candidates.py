"""Asks the product's own candidate server for push-pull fill, candidate and confidence: one maker for training and use."""
import os
import struct
import subprocess

import numpy as np

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
COMMAND = ['node', '--import', 'tsx', 'src/restore/candidates/server.ts']


class Candidates:
    """One server process. Not for use by two threads at once."""

    def __init__(self):
        self.server = subprocess.Popen(COMMAND, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE)

    def ask(self, rgb, mask):
        """rgb uint8 [T, H, W, 3], mask uint8 [T, H, W], 255 = hidden -> (fill, candidate [T, H, W, 3], confidence [T, H, W]), uint8."""
        t, h, w = mask.shape
        self.server.stdin.write(struct.pack('<3I', t, h, w) + rgb.tobytes() + mask.tobytes())
        self.server.stdin.flush()
        n = t * h * w
        answer = self.server.stdout.read(7 * n)
        if len(answer) < 7 * n:
            raise RuntimeError(f'the candidate server ended with status {self.server.wait()} (its message is above)')
        flat = np.frombuffer(answer, np.uint8)
        return flat[: 3 * n].reshape(t, h, w, 3), flat[3 * n : 6 * n].reshape(t, h, w, 3), flat[6 * n :].reshape(t, h, w)

    def close(self):
        self.server.stdin.close()
        self.server.wait(10)
