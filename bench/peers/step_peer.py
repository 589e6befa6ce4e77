# SPDX-License-Identifier: Apache-2.0
"""Times PyTorch on a whole training step or a whole inference, the counterpart of build/bin/step_bench.

    python bench/peers/step_peer.py --model mfnet --mode train --batch 4 --size 480x640 --precision f32 --iterations 5

Prints one JSON object per line: first what runs, then {"seconds": [...], "peak_bytes": n} for the iterations.
With --interactive it then waits: every line on the standard input is a number of further iterations, answered by one
such line. On the CPU peak_bytes is the highest resident size of the measured iterations less that after loading the
libraries, and memory allocator settings (MALLOC_MMAP_THRESHOLD_ and others) come from the environment. With --device
cuda the seconds are those between events on the stream, peak_bytes is what tensors held of the GPU's memory, and
reserved_bytes what the allocator had from the driver for it.
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
    parser.add_argument("--device", choices=("cpu", "cuda"), default="cpu")
    parser.add_argument("--precision", choices=("f32", "tf32", "bf16"), default="f32",
                        help="tf32: GPUs only; products of float32 on the tensor cores")
    parser.add_argument("--cast", choices=("autocast", "whole"), default="autocast",
                        help="bf16 inference: autocast, or the network itself converted")
    parser.add_argument("--memory-format", choices=("channels_last", "contiguous"), default="channels_last")
    parser.add_argument("--compile", nargs="?", const="default", choices=("default", "reduce-overhead"),
                        help="torch.compile, with its default mode or with CUDA graphs (reduce-overhead)")
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--warmup", type=int, default=2)
    parser.add_argument("--iterations", type=int, default=5)
    parser.add_argument("--interactive", action="store_true")
    parser.add_argument("--weights", type=pathlib.Path, help="the whole state; default: the golden rule")
    parser.add_argument("--inputs", type=pathlib.Path, help="rgb, thermal, labels; default: the golden rule")
    parser.add_argument("--outputs", type=pathlib.Path, help="write logits, or loss and gradient norms, there")
    parser.add_argument("--export", type=pathlib.Path, metavar="FOLDER",
                        help="write the whole state (weights.safetensors) and rgb, thermal, labels (inputs.safetensors)")
    return parser.parse_args()


def inputs_of(arguments):
    height, width = (int(part) for part in arguments.size.split("x"))
    if arguments.inputs:
        tensors = load_file(arguments.inputs)
        return torch.cat([tensors["rgb"], tensors["thermal"]], 1), tensors["labels"].long()
    shape = (arguments.batch, 4, height, width)
    images = golden_rules.image("bench.input", shape)
    return images, golden_rules.labels("bench.label", (arguments.batch, height, width), arguments.classes, 8)


def split_images(images):
    return {"rgb": images[:, :3].contiguous(), "thermal": images[:, 3:].contiguous()}


def save_outputs(path, loss, network):
    """The first step's loss, and the norms of its gradients."""
    norms = {f"grad_norm.{key}": value.grad.norm().cpu() for key, value in network.named_parameters()}
    save_file({"loss.total": loss.detach().reshape(1).cpu(), **norms}, path)


def make_step(arguments, network, images, labels):
    """A function that runs one iteration and returns the logits (infer) or the loss (train)."""
    mixed = arguments.precision == "bf16" and arguments.cast == "autocast"
    autocast = torch.autocast(arguments.device, torch.bfloat16, enabled=mixed)
    if arguments.mode == "infer":
        forward = torch.compile(network, mode=arguments.compile) if arguments.compile else network

        def infer():
            with torch.no_grad(), autocast:
                return forward(images)

        return infer

    optimizer = torch.optim.SGD(network.parameters(), lr=0.01, momentum=0.9, weight_decay=5e-4, fused=True)

    def loss_of(images, labels):
        with autocast:
            logits = network(images)
        return F.cross_entropy(logits.float(), labels)

    forward = torch.compile(loss_of, mode=arguments.compile) if arguments.compile else loss_of

    def train():
        optimizer.zero_grad(set_to_none=True)
        loss = forward(images, labels)
        loss.backward()
        optimizer.step()
        return loss

    return train


def seconds_of(step, iterations, on_gpu):
    """The seconds of each iteration. A GPU's are taken from events, and nothing waits between the iterations."""
    if not on_gpu:
        times = [time.perf_counter()]
        for _ in range(iterations):
            step()
            times.append(time.perf_counter())
        return [end - begin for begin, end in zip(times, times[1:])]
    events = [torch.cuda.Event(enable_timing=True) for _ in range(iterations + 1)]
    events[0].record()
    for event in events[1:]:
        step()
        event.record()
    torch.cuda.synchronize()
    return [begin.elapsed_time(end) / 1e3 for begin, end in zip(events, events[1:])]


def prepare_gpu(arguments):
    """The settings that PyTorch's documentation recommends for speed; says what the GPU is."""
    torch.backends.cudnn.benchmark = True  # Convolution algorithms by timing.
    allow = arguments.precision != "f32"
    torch.backends.cudnn.allow_tf32 = torch.backends.cuda.matmul.allow_tf32 = allow
    return {"device_name": torch.cuda.get_device_name(), "cuda": torch.version.cuda,
            "cudnn": torch.backends.cudnn.version()}


def main():
    arguments = parse_arguments()
    on_gpu = arguments.device == "cuda"
    if on_gpu and not torch.cuda.is_available():
        sys.exit("step_peer: --device cuda: PyTorch finds no GPU")
    if not on_gpu and arguments.precision == "tf32":
        sys.exit("step_peer: --precision tf32: a format of GPUs")
    facts = prepare_gpu(arguments) if on_gpu else {}
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
    if arguments.export:
        save_file(network.state_dict(), arguments.export / "weights.safetensors")
        save_file(split_images(images) | {"labels": labels}, arguments.export / "inputs.safetensors")
    if arguments.memory_format == "channels_last":
        network = network.to(memory_format=torch.channels_last)
        images = images.contiguous(memory_format=torch.channels_last)
    network, images, labels = (thing.to(arguments.device) for thing in (network, images, labels))
    if arguments.precision == "bf16" and arguments.cast == "whole":
        if arguments.mode != "infer":
            sys.exit("--cast whole is for inference: training keeps float32 weights")
        network, images = network.bfloat16(), images.bfloat16()
    step = make_step(arguments, network, images, labels)

    def measure(iterations):
        answer = {"seconds": seconds_of(step, iterations, on_gpu), "peak_bytes": status_bytes("VmHWM") - loaded}
        if on_gpu:
            answer["peak_bytes"] = torch.cuda.max_memory_allocated()
            answer["reserved_bytes"] = torch.cuda.max_memory_reserved()
        print(json.dumps(answer), flush=True)

    begin = time.perf_counter()
    first = step()
    first_seconds = time.perf_counter() - begin
    if arguments.outputs and arguments.mode == "infer":
        save_file({"logits": first.float().cpu().contiguous()}, arguments.outputs)
    elif arguments.outputs:
        save_outputs(arguments.outputs, first, network)
    del first  # Its memory belongs to no iteration.
    for _ in range(arguments.warmup - 1):
        step()
    reset_peak()
    if on_gpu:
        torch.cuda.synchronize()
        torch.cuda.reset_peak_memory_stats()
    described = {key: str(value) for key, value in vars(arguments).items() if value is not None}
    print(json.dumps({"peer": f"torch {torch.__version__}", **described, **facts, "first_seconds": first_seconds}),
          flush=True)
    measure(arguments.iterations)
    if arguments.interactive:
        for line in sys.stdin:
            measure(int(line))


if __name__ == "__main__":
    main()
