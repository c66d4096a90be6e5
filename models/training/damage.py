"""What broadcasting does to a marked picture: noise, block transform coding alone and with prediction from the frame before."""
import cv2
import numpy as np


def jpeg(rgb, quality):
    """uint8 [H, W, 3] through the 8 x 8 transform coder with halved chroma."""
    bgr = cv2.imencode('.jpg', rgb[..., ::-1], [cv2.IMWRITE_JPEG_QUALITY, quality])[1]
    return cv2.imdecode(bgr, cv2.IMREAD_COLOR)[..., ::-1]


def predicted(frames, quality, predict_until):
    """Each of the first frames is coded as its difference to the one decoded before, as inter coders do without motion."""
    out = []
    for t, frame in enumerate(frames):
        if t == 0 or t >= predict_until:
            out.append(jpeg(frame, quality))
            continue
        change = frame.astype(np.int16) - out[-1]
        coded = jpeg(np.clip(change // 2 + 128, 0, 255).astype(np.uint8), quality)
        out.append(np.clip(out[-1] + (coded.astype(np.int16) - 128) * 2, 0, 255).astype(np.uint8))
    return np.stack(out)


def damage(rng, frames, neighbours):
    """uint8 [T, H, W, 3], the first `neighbours` being consecutive -> the same, as a decoder would hand it over."""
    if rng.random() < 0.25:
        noise = np.random.default_rng(rng.getrandbits(32)).normal(0, rng.uniform(1, 6), frames.shape)
        frames = np.clip(frames + noise, 0, 255).astype(np.uint8)
    way = rng.random()
    if way < 0.25:
        return frames
    quality = rng.randint(40, 95)
    if way < 0.6:
        return np.stack([jpeg(f, quality) for f in frames])
    return predicted(frames, quality, neighbours)
