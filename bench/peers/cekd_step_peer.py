# SPDX-License-Identifier: Apache-2.0
"""Times PyTorch on a training step of CEKD: the teacher's, or the student's with the teacher's forward pass.

    python bench/peers/cekd_step_peer.py --recipe cekd_student --batch 2 --size 256x320 --iterations 5

Prints what step_peer.py prints: one line about the run, then {"seconds": [...], "peak_bytes": n}; with --interactive it
answers further numbers of iterations in the same way. Height and width are multiples of 32.
"""
import argparse
import importlib
import json
import pathlib
import sys
import time

import torch
import torch.nn.functional as F
from safetensors.torch import save_file

import cekd_networks
import golden_rules
from step_peer import reset_peak, save_outputs, seconds_of, split_images, status_bytes


def parse_arguments():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--recipe", choices=("cekd_teacher", "cekd_student"), required=True)
    parser.add_argument("--batch", type=int, default=2)
    parser.add_argument("--size", default="256x320", help="height x width")
    parser.add_argument("--classes", type=int, default=9)
    parser.add_argument("--device", choices=("cpu",), default="cpu")
    parser.add_argument("--precision", choices=("f32",), default="f32")
    parser.add_argument("--memory-format", choices=("channels_last", "contiguous"), default="channels_last")
    parser.add_argument("--compile", action="store_true", help="torch.compile")
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--warmup", type=int, default=2)
    parser.add_argument("--iterations", type=int, default=5)
    parser.add_argument("--interactive", action="store_true")
    parser.add_argument("--outputs", type=pathlib.Path, help="write the first loss and its gradient norms there")
    parser.add_argument("--export", type=pathlib.Path, metavar="FOLDER",
                        help="write weights, teacher (the student's) and inputs there, as .safetensors")
    return parser.parse_args()


def edge_loss(probability, edges):
    """Class-balanced, on probabilities that pass a sigmoid once more, as in the released program."""
    beta = edges.mean((1, 2, 3), keepdim=True)
    return -((1 - beta) * edges * F.logsigmoid(probability)
             + beta * (1 - edges) * F.logsigmoid(-probability)).mean()


def similarities(features):
    """Of all pairs of pixels of an image; no gradient flows through the norm."""
    rows = features.flatten(2)
    rows = rows / (rows.norm(dim=1, keepdim=True).detach() + 1e-8)
    return rows.transpose(1, 2) @ rows


def distillation_loss(student, teacher, temperature=6):
    f5, logits, hint = student
    _, teacher_logits, teacher_f5, teacher_hint = teacher
    pairs = similarities(teacher_f5)
    similarity = ((pairs - similarities(f5)) ** 2).sum() / (pairs.shape[1] ** 2 * pairs.shape[0])
    soft = -(F.softmax(teacher_logits / temperature, 1) * F.log_softmax(logits / temperature, 1)).sum(1).mean()
    return similarity + soft + F.mse_loss(hint, teacher_hint) + F.cross_entropy(logits, teacher_logits.argmax(1))


class Work:
    """Networks and data by the golden rule; one training step."""

    def __init__(self, arguments, size):
        height, width = size
        layout = torch.channels_last if arguments.memory_format == "channels_last" else torch.contiguous_format
        self.of_student = arguments.recipe == "cekd_student"
        self.images = golden_rules.image("bench.input", (arguments.batch, 4, height, width))
        self.labels = golden_rules.labels("bench.label", (arguments.batch, height, width), arguments.classes, 8)
        self.edges = golden_rules.labels("bench.edges", (arguments.batch, height // 4, width // 4), 2, 3)

        def network(name, training):
            result = cekd_networks.create(name, arguments.classes, size)
            golden_rules.fill(result)
            return result.to(memory_format=layout).train(training)

        self.teacher = network("cenet", not self.of_student)
        self.trained = network("eknet", True) if self.of_student else self.teacher
        if arguments.export:
            self.export(arguments.export)
        self.images = self.images.contiguous(memory_format=layout)
        self.thermal = self.images[:, 3:].contiguous(memory_format=layout)
        self.edges = self.edges[:, None].float()
        loss_of = self.student_loss if self.of_student else self.teacher_loss
        self.forward = torch.compile(loss_of) if arguments.compile else loss_of
        self.optimizer = torch.optim.SGD(self.trained.parameters(), lr=0.01, momentum=0.9, weight_decay=5e-4,
                                         fused=True)

    def export(self, folder):
        def state(network):
            return {key: value.contiguous() for key, value in network.state_dict().items()}

        save_file(state(self.trained), folder / "weights.safetensors")
        inputs = split_images(self.images)
        if self.of_student:
            save_file(state(self.teacher), folder / "teacher.safetensors")
        else:
            inputs |= {"labels": self.labels, "edges": self.edges}
        save_file(inputs, folder / "inputs.safetensors")

    def teacher_loss(self):
        edge, logits, _, _ = self.teacher(self.images)
        return F.cross_entropy(logits, self.labels) + edge_loss(edge, self.edges)

    def student_loss(self):
        with torch.no_grad():
            seen = self.teacher(self.images)
        return distillation_loss(self.trained(self.thermal), seen)

    def step(self):
        self.optimizer.zero_grad(set_to_none=True)
        loss = self.forward()
        loss.backward()
        self.optimizer.step()
        return loss


def main():
    arguments = parse_arguments()
    size = tuple(int(part) for part in arguments.size.split("x"))
    if any(extent % 32 for extent in size):
        sys.exit(f"cekd_step_peer: --size {arguments.size}: expected multiples of 32")
    torch.set_num_threads(arguments.threads)
    if arguments.compile:
        importlib.import_module("torch._inductor.compile_fx")  # Its code counts as library, not as working memory.
    loaded = status_bytes("VmRSS")
    work = Work(arguments, size)
    step = work.step
    begin = time.perf_counter()
    first = step()
    first_seconds = time.perf_counter() - begin
    if arguments.outputs:
        save_outputs(arguments.outputs, first, work.trained)
    loss = first.item()
    del first  # Its memory belongs to no iteration.
    for _ in range(arguments.warmup - 1):
        step()
    reset_peak()
    described = {key: str(value) for key, value in vars(arguments).items() if value is not None}
    print(json.dumps({"peer": f"torch {torch.__version__}", **described, "first_seconds": first_seconds,
                      "first_loss": loss}), flush=True)

    def measure(iterations):
        print(json.dumps({"seconds": seconds_of(step, iterations, False),
                          "peak_bytes": status_bytes("VmHWM") - loaded}), flush=True)

    measure(arguments.iterations)
    if arguments.interactive:
        for line in sys.stdin:
            measure(int(line))


if __name__ == "__main__":
    main()
