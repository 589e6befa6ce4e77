# SPDX-License-Identifier: Apache-2.0
"""Our image readers against OpenCV, Pillow and scikit-image: the same shape, type and every bit.

    build/bin/read_images is asked for every image under --data, and for images that this script makes in all the ways
    in which cameras and labelling tools store them (16-bit PNG and TIFF, compressions, tiles, palettes).
"""

import argparse
import pathlib
import subprocess
import sys
import tempfile

import cv2
import numpy as np
import skimage.io
from PIL import Image

ENDINGS = {".png", ".jpg", ".jpeg", ".tif", ".tiff", ".bmp"}


class OurReader:
    def __init__(self, program):
        self.process = subprocess.Popen([program], stdin=subprocess.PIPE, stdout=subprocess.PIPE)

    def read(self, path, label=False):
        self.process.stdin.write((("label " if label else "") + str(path) + "\n").encode())
        self.process.stdin.flush()
        head = self.process.stdout.readline().decode().split(" ", 1)
        if head[0] == "refused":
            raise ValueError(head[1].strip())
        height, width, channels = map(int, head[1].split())
        kind = np.dtype(head[0])
        pixels = self.process.stdout.read(height * width * channels * kind.itemsize)
        return np.frombuffer(pixels, kind).reshape(height, width, channels)


def with_channels(image):
    return image[:, :, None] if image.ndim == 2 else image


def by_opencv(path):
    image = cv2.imread(str(path), cv2.IMREAD_UNCHANGED)
    if image is None:
        raise ValueError("OpenCV cannot read it")
    image = with_channels(image)
    order = {1: [0], 3: [2, 1, 0], 4: [2, 1, 0, 3]}[image.shape[2]]
    return image[:, :, order]


def by_pillow(path):
    with Image.open(path) as image:
        if image.mode == "P":
            image = image.convert("RGBA" if "transparency" in image.info else "RGB")
        if image.mode == "1":
            image = image.convert("L")
        pixels = np.asarray(image)
        if image.mode.startswith("I"):  # Pillow widens 16-bit images that it knows no mode for.
            pixels = pixels.astype(np.uint16)
        return with_channels(pixels)


def by_scikit_image(path):
    return with_channels(np.asarray(skimage.io.imread(path)))


PEERS = {"OpenCV": by_opencv, "Pillow": by_pillow, "scikit-image": by_scikit_image}


def make_images(folder):
    """Files as cameras and tools write them. Returns their paths and who cannot read which of them by its own fault."""
    import tifffile

    random = np.random.default_rng(5)
    deep = (np.arange(53 * 71).reshape(53, 71) * 17 % 16384).astype(np.uint16)
    grey = random.integers(0, 256, (53, 71), np.uint8)
    rgb = random.integers(0, 256, (53, 71, 3), np.uint8)
    labels = (grey % 7).astype(np.uint8)
    Image.fromarray(deep).save(folder / "deep.png")
    Image.fromarray(grey).save(folder / "grey.png")
    Image.fromarray(np.dstack([rgb, grey])).save(folder / "rgba.png")
    cv2.imwrite(str(folder / "deep_rgb.png"), np.dstack([deep, deep + 1, deep + 2]).astype(np.uint16))
    palette = Image.fromarray(labels)
    palette.putpalette(list(range(0, 210, 10)))
    palette.save(folder / "palette.png")
    Image.fromarray(rgb).save(folder / "colour.jpg", quality=92)
    Image.fromarray(rgb).save(folder / "coarse.jpg", quality=30, subsampling=2)
    Image.fromarray(rgb).save(folder / "progressive.jpg", quality=80, progressive=True)
    Image.fromarray(grey).save(folder / "grey.jpg", quality=90)
    Image.fromarray(rgb).save(folder / "colour.bmp")
    for name, image, options in [
        ("plain", deep, {}),
        ("big_endian", deep, {"byteorder": ">"}),
        ("lzw", deep, {"compression": "lzw", "predictor": True}),
        ("deflate", deep, {"compression": "zlib"}),
        ("packbits", grey, {"compression": "packbits"}),
        ("tiles", deep, {"tile": (16, 32), "compression": "zlib"}),
        ("grey", grey, {}),
        ("colour", rgb, {"photometric": "rgb", "compression": "lzw"}),
        ("planes", np.moveaxis(rgb, 2, 0), {"photometric": "rgb", "planarconfig": "separate"}),
    ]:
        tifffile.imwrite(folder / f"{name}.tiff", image, **options)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--reader", default="build/bin/read_images")
    parser.add_argument("--data", type=pathlib.Path, action="append", default=[])
    arguments = parser.parse_args()
    reader = OurReader(arguments.reader)
    compared, wrong = {name: 0 for name in PEERS}, 0
    with tempfile.TemporaryDirectory() as made:
        make_images(pathlib.Path(made))
        paths = [path for folder in arguments.data + [pathlib.Path(made)] for path in sorted(folder.rglob("*"))]
        paths = [path for path in paths if path.suffix.lower() in ENDINGS]
        by_ending = {}
        for path in paths:
            by_ending[path.suffix.lower()] = by_ending.get(path.suffix.lower(), 0) + 1
            ours = reader.read(path)
            for name, read in PEERS.items():
                try:
                    theirs = read(path)
                except Exception as error:  # A peer that cannot read a file says nothing about ours.
                    print(f"{path}: {name} gave up: {error}")
                    continue
                if ours.dtype == np.uint16 and theirs.dtype == np.uint8:
                    print(f"{path}: {name} narrows it to 8 bits")
                    continue
                compared[name] += 1
                if theirs.shape != ours.shape or theirs.dtype != ours.dtype:
                    print(f"{path}: ours {ours.shape} {ours.dtype}, {name} {theirs.shape} {theirs.dtype}")
                    wrong += 1
                elif not np.array_equal(theirs, ours):
                    apart = np.abs(theirs.astype(np.int64) - ours)
                    print(f"{path}: {name} differs in {np.count_nonzero(apart)} values, by {apart.max()} at most")
                    wrong += 1
            with_indices = path.suffix.lower() == ".png" and Image.open(path).mode in ("L", "P")
            if with_indices and not np.array_equal(reader.read(path, label=True)[:, :, 0], np.asarray(Image.open(path))):
                print(f"{path}: the label differs from Pillow's indices")
                wrong += 1
    counts = ", ".join(f"{count} {ending[1:]}" for ending, count in sorted(by_ending.items()))
    print(f"{len(paths)} images ({counts}); compared: {compared}; differences: {wrong}")
    print(f"OpenCV {cv2.__version__}, Pillow {Image.__version__}, scikit-image {skimage.__version__}")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
