"""python -m pack CLIPS OUT.npz: the clips of a folder, still compressed, in one file that `clips.py` reads."""
import os
import sys

import numpy as np

from clips import PACK_LIMIT, sources

if __name__ == '__main__':
    where, out = sys.argv[1:3]
    files = {name: np.fromfile(path, np.uint8) for name, path in sources(where)}
    size = sum(f.size for f in files.values())
    if size > PACK_LIMIT:
        sys.exit(f'{size >> 20} MiB of clips: more than {PACK_LIMIT >> 20} MiB')
    np.savez(out, **files)
    print(f'{len(files)} clips, {os.path.getsize(out) >> 20} MiB')
