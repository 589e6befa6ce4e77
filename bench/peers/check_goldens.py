# SPDX-License-Identifier: Apache-2.0
"""Shows that the PyTorch counterparts compute what the published networks compute: every stored tensor of the golden
fixtures, in float64, within 2e-6 of its maximum; losses and gradient norms within 1e-6.

    python bench/peers/check_goldens.py --golden tests/golden [--only GLOB]
"""
import argparse
import fnmatch
import json
import pathlib
import sys

import torch
from safetensors.torch import load_file

import golden_rules
import networks


def thinned(value, entry):
    if "flat_head" in entry:
        return value.flatten()[: entry["flat_head"]]
    step = entry["spatial_stride"]
    return value[:, :: entry["channel_stride"], ::step, ::step]


def produced(case, dtype):
    """All named tensors of a case, and its losses and gradient norms, computed by our counterpart."""
    network = networks.create(f"rtfnet{case['depth']}" if "depth" in case else "mfnet", case["n_class"])
    golden_rules.fill(network, case["parameter_key_prefix"])
    network = network.to(dtype)
    network.train(case["mode"] == "train")
    entry = case["input"]
    images = golden_rules.image(entry["name"], entry["shape"], entry["rule"]).to(dtype)
    if "label" not in case:
        values = {}
        with torch.no_grad():
            values["logits"] = network(images, values)
        return values, {}, {}

    label = case["label"]
    target = golden_rules.labels(label["name"], label["shape"], label["classes"], label["block"])
    optimizer = torch.optim.SGD(network.parameters(), lr=0.01, momentum=0.9, weight_decay=5e-4)
    values, losses, norms = {}, {}, {}
    for step in range(1, len(case["scalars_f64"]) + 1):
        logits = network(images)
        loss = torch.nn.functional.cross_entropy(logits, target)
        optimizer.zero_grad()
        loss.backward()
        losses[f"loss_step{step}"] = loss.item()
        if step == 1:
            values["logits"] = logits.detach()
            for key, parameter in network.named_parameters():
                values[f"grad.{key}"] = parameter.grad.clone()
                norms[key] = parameter.grad.norm().item()
        optimizer.step()
        for key, value in network.state_dict().items():
            values[f"after_step{step}.{key}"] = value.clone()
    return values, losses, norms


def check(path):
    """The complaints of one fixture, and the worst relative difference of its tensors."""
    case = json.loads(path.read_text())
    # The large case has no float64 truth: a float32 run stands there.
    single = "float32 run" in case.get("reference", "")
    values, losses, norms = produced(case, torch.float32 if single else torch.float64)
    limit, complaints, worst = (1e-4 if single else 2e-6), [], 0.0
    stored = load_file(path.with_suffix(".safetensors"))
    for name, entry in case["tensors"].items():
        want = stored[name].double()
        got = thinned(values[name], entry).double().reshape(want.shape)
        if name.removeprefix("grad.") in case.get("grad_l2_structural_zeros", []):
            if got.abs().max() > 1e-12:
                complaints.append(f"{name}: {got.abs().max():.1e}, should be zero")
            continue
        relative = ((got - want).abs().max() / want.abs().max().clamp(min=1e-30)).item()
        worst = max(worst, relative)
        if relative > limit:
            complaints.append(f"{name}: {relative:.1e} of the maximum")
    for name, got in losses.items():
        want = case["scalars_f64"][name]
        if abs(got - want) > 1e-6 * abs(want):
            complaints.append(f"{name}: {got} instead of {want}")
    zeros = set(case.get("grad_l2_structural_zeros", []))
    for key, want in case.get("grad_l2_f64", {}).items():
        wrong = norms[key] > 1e-12 if key in zeros else abs(norms[key] - want) > 1e-6 * want
        if wrong:
            complaints.append(f"gradient norm of {key}: {norms[key]} instead of {want}")
    return complaints, worst


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--golden", type=pathlib.Path, default=pathlib.Path("tests/golden"))
    parser.add_argument("--only", default="*", help="fixtures to check, as a pattern of their names")
    arguments = parser.parse_args()
    paths = sorted(path for folder in ("mfnet", "rtfnet") for path in (arguments.golden / folder).glob("*.json"))
    paths = [path for path in paths if fnmatch.fnmatch(path.stem, arguments.only)]
    if not paths:
        sys.exit(f"{arguments.golden}: no fixtures here")
    failed = False
    for path in paths:
        complaints, worst = check(path)
        verdict = "differs" if complaints else "equal"
        print(f"{path.stem}: {verdict}, worst tensor {worst:.1e} of its maximum", flush=True)
        for complaint in complaints:
            print(f"  {complaint}")
        failed = failed or bool(complaints)
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main()
