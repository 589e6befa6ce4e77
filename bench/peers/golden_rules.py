# SPDX-License-Identifier: Apache-2.0
"""The rules by which the golden fixtures make weights, images and labels from names (tests/golden/mfnet/README.md)."""
import math

import numpy as np
import torch

_MASK = (1 << 64) - 1


def fnv1a64(name: str) -> int:
    value = 0xCBF29CE484222325
    for byte in name.encode():
        value = ((value ^ byte) * 0x100000001B3) & _MASK
    return value


def u(name: str, count: int) -> np.ndarray:
    """The first `count` values of the stream `name`: splitmix64 mapped to [-1, 1), float64."""
    with np.errstate(over="ignore"):
        index = np.arange(1, count + 1, dtype=np.uint64)
        z = np.uint64(fnv1a64(name)) + index * np.uint64(0x9E3779B97F4A7C15)
        z = (z ^ (z >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
        z = (z ^ (z >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
        z = z ^ (z >> np.uint64(31))
    return 2.0 * ((z >> np.uint64(11)).astype(np.float64) / 2.0**53) - 1.0


def parameter(key: str, shape, prefix: str = "") -> torch.Tensor:
    """The float32 value of one state-dict entry; num_batches_tracked is an int64 zero."""
    if key.endswith("num_batches_tracked"):
        return torch.zeros((), dtype=torch.int64)
    values = u(prefix + key, math.prod(shape))
    if key.endswith("running_var"):
        values = 1 + 0.25 * values
    elif key.endswith("running_mean"):
        values = 0.1 * values
    elif len(shape) == 1:
        values = (1 + 0.1 * values) if key.endswith("weight") else 0.1 * values
    else:
        values = values * math.sqrt(3.0 / math.prod(shape[1:]))
    return torch.from_numpy(values.astype(np.float32).reshape(shape))


def fill(network: torch.nn.Module, prefix: str = "") -> None:
    """Overwrites the whole state of a network by the rule."""
    state = {key: parameter(key, tuple(value.shape), prefix) for key, value in network.state_dict().items()}
    network.load_state_dict(state)


def image(name: str, shape, rule: str = "image") -> torch.Tensor:
    values = ((u(name, math.prod(shape)) + 1) / 2).astype(np.float32)
    if rule == "q8":
        values = np.floor(256 * values.astype(np.float64)).astype(np.float32) / np.float32(255)
    elif rule != "image":
        raise ValueError(f"{name}: unknown image rule {rule}")
    return torch.from_numpy(values.reshape(shape))


def labels(name: str, shape, classes: int, block: int) -> torch.Tensor:
    n, h, w = shape
    rows, columns = -(-h // block), -(-w // block)
    grid = np.floor((u(name, n * rows * columns) + 1) / 2 * classes)
    grid = np.minimum(grid, classes - 1).astype(np.int64).reshape(n, rows, columns)
    return torch.from_numpy(grid.repeat(block, 1).repeat(block, 2)[:, :h, :w].copy())
