# SPDX-License-Identifier: Apache-2.0
"""Times PyTorch's DataLoader on augmented pairs without a consumer, beside build/bin/loader_bench.

    python bench/peers/loader_peer.py --data DIR --ours build/bin/loader_bench --rounds 7

DIR has the MFNet layout. Both deliver the same: batches of float32 colour and thermal in 0 to 1 and integer labels,
each pair flipped by chance, cropped by up to a tenth at every edge and resized back with the nearest pixel. Both read
one epoch before the first that counts, so that files are in memory and workers have started; then they take turns,
epoch by epoch, and the line at the end has the ratio of their rates in every round and its median.

Two ways to write the data set are tried, as practitioners do: Pillow (crop and resize in one call), and torchvision's
decoder with its transforms of tensors. The quicker one is the counterpart. Without --ours only these are timed.
"""
import argparse
import json
import pathlib
import random
import statistics
import subprocess
import time

import numpy
import torch
from PIL import Image
from torch.utils.data import DataLoader, Dataset


def random_box(height, width, fraction=0.1):
    left, top = random.randrange(round(fraction * width)), random.randrange(round(fraction * height))
    right = random.randint(width - round(fraction * width), width)
    bottom = random.randint(height - round(fraction * height), height)
    return left, top, right, bottom


class Pairs(Dataset):
    def __init__(self, folder, split):
        self.folder = folder
        self.names = (folder / f"{split}.txt").read_text().split()

    def __len__(self):
        return len(self.names)


class WithPillow(Pairs):
    def __getitem__(self, index):
        name = self.names[index] + ".png"
        image, label = Image.open(self.folder / "images" / name), Image.open(self.folder / "labels" / name)
        box = random_box(image.height, image.width)
        image, label = (each.resize(image.size, Image.Resampling.NEAREST, box=box) for each in (image, label))
        if random.random() < 0.5:
            image, label = (each.transpose(Image.Transpose.FLIP_LEFT_RIGHT) for each in (image, label))
        pixels = torch.from_numpy(numpy.array(image)).permute(2, 0, 1).contiguous().float().div_(255)
        return pixels, torch.from_numpy(numpy.array(label)).long(), self.names[index]


class WithTorchvision(Pairs):
    def __getitem__(self, index):
        from torchvision.io import ImageReadMode, decode_image
        from torchvision.transforms import InterpolationMode
        from torchvision.transforms.v2 import functional

        name = self.names[index] + ".png"
        image = decode_image(str(self.folder / "images" / name), ImageReadMode.UNCHANGED)
        label = decode_image(str(self.folder / "labels" / name), ImageReadMode.UNCHANGED)
        height, width = image.shape[-2:]
        left, top, right, bottom = random_box(height, width)
        image, label = (
            functional.resized_crop(each, top, left, bottom - top, right - left, [height, width], InterpolationMode.NEAREST)
            for each in (image, label))
        if random.random() < 0.5:
            image, label = functional.horizontal_flip(image), functional.horizontal_flip(label)
        return image.float().div_(255), label[0].long(), self.names[index]


def read_epoch(loader):
    begin, images = time.perf_counter(), 0
    for pixels, _, _ in loader:
        images += len(pixels)
    return images / (time.perf_counter() - begin)


class Ours:
    def __init__(self, options):
        command = [str(options.ours), "--data", str(options.data), "--split", options.split, "--batch",
                   str(options.batch), "--workers", str(options.workers), "--epochs", "1", "--interactive"]
        self.process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        self.answer()

    def answer(self):
        line = json.loads(self.process.stdout.readline())
        return line["images"] / line["seconds"]

    def read_epoch(self):
        self.process.stdin.write("1\n")
        self.process.stdin.flush()
        return self.answer()


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=pathlib.Path, required=True, help="folder in the MFNet layout")
    parser.add_argument("--split", default="train")
    parser.add_argument("--ours", type=pathlib.Path, help="build/bin/loader_bench")
    parser.add_argument("--batch", type=int, default=4)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--rounds", type=int, default=7)
    options = parser.parse_args()

    peers = {}
    for make in (WithPillow, WithTorchvision):
        try:
            loader = DataLoader(make(options.data, options.split), batch_size=options.batch, shuffle=True,
                                num_workers=options.workers, persistent_workers=options.workers > 0)
            read_epoch(loader)
        except ImportError as error:
            print(json.dumps({"peer": make.__name__, "left out": str(error)}))
            continue
        peers[make.__name__] = loader
    ours = Ours(options) if options.ours else None
    rates = {name: [] for name in peers}
    own = []
    for number in range(options.rounds):
        for name, loader in peers.items():
            rates[name].append(read_epoch(loader))
        if ours:
            own.append(ours.read_epoch())
        print(json.dumps({"round": number, **{name: round(each[-1], 1) for name, each in rates.items()},
                          **({"ours": round(own[-1], 1)} if ours else {})}), flush=True)
    quickest = max(rates, key=lambda name: statistics.median(rates[name]))
    summary = {"batch": options.batch, "workers": options.workers, "torch": torch.__version__, "peer": quickest,
               "peer images/s": round(statistics.median(rates[quickest]), 1)}
    if ours:
        ratios = sorted(mine / theirs for mine, theirs in zip(own, rates[quickest]))
        summary.update({"our images/s": round(statistics.median(own), 1),
                        "ratio": round(statistics.median(ratios), 2),
                        "least ratio": round(ratios[0], 2), "largest ratio": round(ratios[-1], 2)})
        ours.process.stdin.close()
        ours.process.wait()
    print(json.dumps(summary))


if __name__ == "__main__":
    main()
