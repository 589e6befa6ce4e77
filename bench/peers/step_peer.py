# SPDX-License-Identifier: Apache-2.0
"""Times PyTorch on a whole training step or a whole inference, the counterpart of build/bin/step_bench.

    python bench/peers/step_peer.py --model mfnet --mode train --batch 4 --size 480x640 --precision f32 --iterations 5

Prints one JSON object per line: first what runs, then {"seconds": [...], "peak_bytes": n} for the iterations.
With --interactive it then waits: every line on the standard input is a number of further iterations, answered by one
such line. peak_bytes is the highest resident size of the measured iterations less that after loading the libraries.
Memory allocator settings (MALLOC_MMAP_THRESHOLD_ and others) come from the environment.
"""
import argparse
import importlib
import json
import pathlib
import sys
import time

import torch
import torch.nn.functional as F
from safetensors.torch import load_file, save_file

import golden_rules
import networks


def status_bytes(field):
    for line in pathlib.Path("/proc/self/status").read_text().splitlines():
        if line.startswith(field + ":"):
            return int(line.split()[1]) * 1024
    raise RuntimeError(f"/proc/self/status has no {field}")


def reset_peak():
    pathlib.Path("/proc/self/clear_refs").write_text("5")


def parse_arguments():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--model", required=True, help=", ".join(networks.PARAMETERS))
    parser.add_argument("--mode", choices=("train", "infer"), required=True)
    parser.add_argument("--batch", type=int, default=1)
    parser.add_argument("--size", default="480x640", help="height x width")
    parser.add_argument("--classes", type=int, default=9)
    parser.add_argument("--precision", choices=("f32", "bf16"), default="f32")
    parser.add_argument("--cast", choices=("autocast", "whole"), default="autocast",
                        help="bf16 inference: autocast, or the network itself converted")
    parser.add_argument("--memory-format", choices=("channels_last", "contiguous"), default="channels_last")
    parser.add_argument("--compile", action="store_true", help="torch.compile with its default mode")
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--warmup", type=int, default=2)
    parser.add_argument("--iterations", type=int, default=5)
    parser.add_argument("--interactive", action="store_true")
    parser.add_argument("--weights", type=pathlib.Path, help="the whole state; default: the golden rule")
    parser.add_argument("--inputs", type=pathlib.Path, help="rgb, thermal, labels; default: the golden rule")
    parser.add_argument("--outputs", type=pathlib.Path, help="write logits, or loss and gradient norms, there")
    parser.add_argument("--export-weights", type=pathlib.Path, metavar="FILE", help="write the whole state")
    parser.add_argument("--export-inputs", type=pathlib.Path, metavar="FILE", help="write rgb, thermal and labels")
    return parser.parse_args()


def inputs_of(arguments):
    height, width = (int(part) for part in arguments.size.split("x"))
    if arguments.inputs:
        tensors = load_file(arguments.inputs)
        return torch.cat([tensors["rgb"], tensors["thermal"]], 1), tensors["labels"].long()
    shape = (arguments.batch, 4, height, width)
    images = golden_rules.image("bench.input", shape)
    return images, golden_rules.labels("bench.label", (arguments.batch, height, width), arguments.classes, 8)


def make_step(arguments, network, images, labels):
    """A function that runs one iteration and returns the logits (infer) or the loss (train)."""
    mixed = arguments.precision == "bf16" and arguments.cast == "autocast"
    autocast = torch.autocast("cpu", torch.bfloat16, enabled=mixed)
    if arguments.mode == "infer":
        forward = torch.compile(network) if arguments.compile else network

        def infer():
            with torch.no_grad(), autocast:
                return forward(images)

        return infer

    optimizer = torch.optim.SGD(network.parameters(), lr=0.01, momentum=0.9, weight_decay=5e-4, fused=True)

    def loss_of(images, labels):
        with autocast:
            logits = network(images)
        return F.cross_entropy(logits.float(), labels)

    forward = torch.compile(loss_of) if arguments.compile else loss_of

    def train():
        optimizer.zero_grad(set_to_none=True)
        loss = forward(images, labels)
        loss.backward()
        optimizer.step()
        return loss

    return train


def main():
    arguments = parse_arguments()
    torch.set_num_threads(arguments.threads)
    if arguments.compile:
        importlib.import_module("torch._inductor.compile_fx")  # Its code counts as library, not as working memory.
    loaded = status_bytes("VmRSS")

    network = networks.create(arguments.model, arguments.classes)
    if arguments.weights:
        network.load_state_dict(load_file(arguments.weights))
    else:
        golden_rules.fill(network)
    network.train(arguments.mode == "train")
    images, labels = inputs_of(arguments)
    if arguments.export_weights:
        save_file(network.state_dict(), arguments.export_weights)
    if arguments.export_inputs:
        split = {"rgb": images[:, :3].contiguous(), "thermal": images[:, 3:].contiguous(), "labels": labels}
        save_file(split, arguments.export_inputs)
    if arguments.memory_format == "channels_last":
        network = network.to(memory_format=torch.channels_last)
        images = images.contiguous(memory_format=torch.channels_last)
    if arguments.precision == "bf16" and arguments.cast == "whole":
        if arguments.mode != "infer":
            sys.exit("--cast whole is for inference: training keeps float32 weights")
        network, images = network.bfloat16(), images.bfloat16()
    step = make_step(arguments, network, images, labels)

    def measure(iterations):
        seconds = []
        for _ in range(iterations):
            begin = time.perf_counter()
            step()
            seconds.append(time.perf_counter() - begin)
        print(json.dumps({"seconds": seconds, "peak_bytes": status_bytes("VmHWM") - loaded}), flush=True)

    begin = time.perf_counter()
    first = step()
    first_seconds = time.perf_counter() - begin
    if arguments.outputs and arguments.mode == "infer":
        save_file({"logits": first.float().contiguous()}, arguments.outputs)
    elif arguments.outputs:
        norms = {f"grad_norm.{key}": value.grad.norm() for key, value in network.named_parameters()}
        save_file({"loss.total": first.detach().reshape(1), **norms}, arguments.outputs)
    for _ in range(arguments.warmup - 1):
        step()
    reset_peak()
    described = {key: str(value) for key, value in vars(arguments).items() if value is not None}
    print(json.dumps({"peer": f"torch {torch.__version__}", **described, "first_seconds": first_seconds}), flush=True)
    measure(arguments.iterations)
    if arguments.interactive:
        for line in sys.stdin:
            measure(int(line))


if __name__ == "__main__":
    main()
