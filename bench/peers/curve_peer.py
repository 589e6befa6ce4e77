# SPDX-License-Identifier: Apache-2.0
"""Trains a counterpart network in PyTorch on a folder in the MFNet layout, so that loss curves can be compared.

    python bench/peers/curve_peer.py --data DIR --order ORDER --weights W.safetensors --out losses.jsonl

No augmentation, no shuffling: ORDER has one line per step, the names of its samples separated by blanks. Weights are
those of the file (original state-dict keys), or the golden fixtures' rule. Each step writes {"step": k, "loss": x}.
--write-trace stores the batches as build/bin/trace --recipe supervised reads them: step<k>/rgb and so on.
"""
import argparse
import json
import pathlib

import numpy as np
import torch
import torch.nn.functional as F
from PIL import Image
from safetensors.torch import load_file, save_file

import golden_rules
import networks


def parse_arguments():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=pathlib.Path, required=True, help="folder with images/ and labels/")
    parser.add_argument("--order", type=pathlib.Path, required=True)
    parser.add_argument("--out", type=pathlib.Path, required=True)
    parser.add_argument("--weights", type=pathlib.Path)
    parser.add_argument("--model", default="mfnet")
    parser.add_argument("--classes", type=int, default=9)
    parser.add_argument("--size", help="height x width of a crop from the centre; default: the whole image")
    parser.add_argument("--dtype", choices=("f32", "f64"), default="f32")
    parser.add_argument("--memory-format", choices=("channels_last", "contiguous"), default="contiguous")
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--lr", type=float, default=0.01)
    parser.add_argument("--momentum", type=float, default=0.9)
    parser.add_argument("--weight-decay", type=float, default=5e-4)
    parser.add_argument("--write-trace", type=pathlib.Path, metavar="FILE", help="safetensors with all batches")
    return parser.parse_args()


def crop(array, size):
    """The centre of an (h, w, ...) array; the offset is rounded down."""
    if size is None:
        return array
    height, width = (int(part) for part in size.split("x"))
    top, left = (array.shape[0] - height) // 2, (array.shape[1] - width) // 2
    if top < 0 or left < 0:
        raise ValueError(f"the crop {size} does not fit into {array.shape[0]}x{array.shape[1]}")
    return array[top:top + height, left:left + width]


def read_sample(data, name, size):
    """Image (4, h, w) float32 in [0, 1], label (h, w) int64."""
    pixels = np.asarray(Image.open(data / "images" / f"{name}.png"))
    label = np.asarray(Image.open(data / "labels" / f"{name}.png"))
    if pixels.ndim != 3 or pixels.shape[2] != 4 or label.shape != pixels.shape[:2]:
        found = f"{pixels.shape} and {label.shape}"
        raise ValueError(f"{name}: expected a 4-channel image and a label of its size, got {found}")
    pixels = crop(pixels, size).astype(np.float32) / np.float32(255)
    return torch.from_numpy(pixels.transpose(2, 0, 1).copy()), torch.from_numpy(crop(label, size).astype(np.int64))


def main():
    arguments = parse_arguments()
    torch.set_num_threads(arguments.threads)
    dtype = torch.float64 if arguments.dtype == "f64" else torch.float32
    network = networks.create(arguments.model, arguments.classes)
    if arguments.weights:
        network.load_state_dict(load_file(arguments.weights))
    else:
        golden_rules.fill(network)
    network = network.to(dtype).train()
    layout = getattr(torch, {"contiguous": "contiguous_format"}.get(arguments.memory_format, "channels_last"))
    network = network.to(memory_format=layout)
    optimizer = torch.optim.SGD(network.parameters(), lr=arguments.lr, momentum=arguments.momentum,
                                weight_decay=arguments.weight_decay)
    order = [line.split() for line in arguments.order.read_text().splitlines() if line.strip()]
    batches = {}
    with open(arguments.out, "w") as out:
        for step, names in enumerate(order, 1):
            samples = [read_sample(arguments.data, name, arguments.size) for name in names]
            images, labels = (torch.stack(part) for part in zip(*samples))
            if arguments.write_trace:
                batches[f"step{step}/rgb"] = images[:, :3].contiguous()
                batches[f"step{step}/thermal"] = images[:, 3:].contiguous()
                batches[f"step{step}/labels"] = labels
            logits = network(images.to(dtype).contiguous(memory_format=layout))
            loss = F.cross_entropy(logits, labels)
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            out.write(json.dumps({"step": step, "loss": loss.item()}) + "\n")
            out.flush()
    if arguments.write_trace:
        for name in ("rgb", "thermal", "labels"):  # What a step without an entry of its own would read.
            batches[name] = batches[f"step1/{name}"].clone()
        save_file(batches, arguments.write_trace)


if __name__ == "__main__":
    main()
