#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Holds the times that `bench` measured against those that docs/performance.md predicted for an H200 in bf16.

    bench/compare_predictions.py FILE

FILE holds one record of `bench --json`, or one per line (bench/results/*/bench.jsonl). Prints a line per prediction:
measured and predicted microseconds, their ratio, and the share of the ceilings of the run; the largest ratios come
first, because they are where to look. Predictions: bench/predictions.csv.
"""
import csv
import json
import pathlib
import sys

PREDICTIONS = pathlib.Path(__file__).with_name("predictions.csv")


def records(path):
    text = path.read_text()
    try:
        return [json.loads(text)]
    except json.JSONDecodeError:
        return [json.loads(line) for line in text.splitlines() if line.startswith("{")]


def measured_rows(path):
    """(op, case) -> (row, ceilings) of the records in bf16 with our own kernels."""
    found = {}
    for record in records(path):
        if record.get("precision") == "bf16" and record.get("conv") != "library":
            for row in record.get("rows", []):
                if "seconds" in row:
                    found[row["op"], row["case"]] = (row, record["ceilings"])
    return found


def share(amount, seconds, ceiling):
    return f"{100 * amount / seconds / ceiling:4.0f}%" if amount and ceiling else "    -"


def main():
    if len(sys.argv) != 2 or sys.argv[1].startswith("-"):
        sys.exit(__doc__)
    measured = measured_rows(pathlib.Path(sys.argv[1]))
    lines = []
    with PREDICTIONS.open(newline="") as file:
        for op, case, microseconds in list(csv.reader(file))[1:]:
            if (op, case) not in measured:
                print(f"{op}/{case}: not measured")
                continue
            row, ceilings = measured[op, case]
            seconds, predicted = row["seconds"], float(microseconds)
            lines.append((1e6 * seconds / predicted, f"{op:<32} {case:<42} {1e6 * seconds:9.1f} {predicted:9.0f}"
                          f" {1e6 * seconds / predicted:6.2f}"
                          f" {share(row['bytes'], seconds, ceilings['bytes_per_second'])}"
                          f" {share(row['flops'], seconds, ceilings['flops_per_second'])}"))
    print(f"{'op':<32} {'case':<42} {'us':>9} {'predicted':>9} {'ratio':>6} {'copy':>5} {'matmul':>5}")
    for _, line in sorted(lines, reverse=True):
        print(line)


if __name__ == "__main__":
    main()
