# SPDX-License-Identifier: Apache-2.0
"""Compares a loss curve with PyTorch's, allowing for the spread that PyTorch shows between its two memory formats.

    python bench/peers/compare_curves.py --ours A --peer contiguous.jsonl --peer channels_last.jsonl
    python bench/peers/compare_curves.py --ours A --peer f64.jsonl --limit 1e-8

A curve is a file of lines with "step" and "loss" (metrics.jsonl is one), or a safetensors file with step<k>.loss.total.
Differences are relative and to the first peer. With two peers: the first 10 steps within 1e-4, and every step within
three times the spread, the largest difference between the two peers. With --limit: every step within that.
"""
import argparse
import json
import pathlib
import re
import sys


def read_curve(path):
    """step -> loss."""
    if path.suffix == ".safetensors":
        from safetensors.numpy import load_file

        entries = ((re.fullmatch(r"step(\d+)\.loss\.total", name), value) for name, value in load_file(path).items())
        return {int(match[1]): float(value) for match, value in entries if match}
    rows = (json.loads(line) for line in path.read_text().splitlines())
    return {row["step"]: row["loss"] for row in rows if "step" in row and "loss" in row}


def relative(a, b):
    return abs(a - b) / max(abs(b), 1e-30)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--ours", type=pathlib.Path, required=True)
    parser.add_argument("--peer", type=pathlib.Path, action="append", required=True)
    parser.add_argument("--limit", type=float)
    arguments = parser.parse_args()
    ours, peers = read_curve(arguments.ours), [read_curve(path) for path in arguments.peer]
    steps = sorted(peers[0])
    if not steps or any(step not in curve for curve in [ours, *peers] for step in steps):
        sys.exit("the curves do not have the same steps")
    if arguments.limit is None and len(peers) != 2:
        sys.exit("give two peers (two memory formats) or --limit")

    spread = max(relative(peers[-1][step], peers[0][step]) for step in steps)
    failed = []
    print(f"{'step':>5} {'ours':>12} {'peer':>12} {'difference':>11} {'allowed':>9}")
    for step in steps:
        difference = relative(ours[step], peers[0][step])
        allowed = arguments.limit or (min(1e-4, 3 * spread) if step <= 10 else 3 * spread)
        if not difference <= allowed:
            failed.append(step)
        print(f"{step:>5} {ours[step]:>12.8f} {peers[0][step]:>12.8f} {difference:>11.1e} {allowed:>9.1e}")
    print(f"differs at steps {failed}" if failed else "equal within the limits")
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main()
