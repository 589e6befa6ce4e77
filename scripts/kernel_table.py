#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Reads registers, shared memory and instructions of every CUDA kernel from the objects of the preset cuda, and writes
them, with the occupancy that follows, to docs/cuda_kernels.md. Nothing is compiled or run, and no tool of the CUDA
toolkit is needed.

    scripts/kernel_table.py            writes the table
    scripts/kernel_table.py --check    fails where the table does not say what the objects say, where a kernel spills,
                                       and where tensor-core kernels lack their instructions
"""
import argparse
import collections
import pathlib
import re
import struct
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent
TABLE = ROOT / "docs" / "cuda_kernels.md"

# Per multiprocessor: bytes of shared memory, of which each block takes 1 KB more than it asks for (objects for 9.0 have
# it among the static ones). Both architectures have 65536 registers, handed to warps by 256, 64 warps and 32 blocks
# (CUDA C++ Programming Guide, compute capabilities).
SHARED_MEMORY = {80: 164 << 10, 90: 228 << 10}
RESERVED = 1 << 10
REGISTERS, WARPS, BLOCKS = 65536, 64, 32
USUAL_THREADS = 256  # Of kernels without launch bounds.

# SASS of compute capability 8.0 and 9.0: 128 bits per instruction, the operation in the lowest 12; bits 73 to 75 are
# the width of an access, 6 for 128 bits.
OPERATIONS = {0x23C: "HMMA", 0x83B: "LDSM", 0xFAE: "LDGSTS", 0x981: "LDG", 0x986: "STG", 0x387: "STL", 0x983: "LDL"}
WIDE = 6

Kernel = collections.namedtuple("Kernel", "arch file name registers stack threads static dynamic instructions")


def cubins(data):
    """(architecture, bytes) of each device image in an object file."""
    at = data.find(b"\x7fELF\x02\x01\x01", 1)
    while at >= 0:
        machine, = struct.unpack_from("<H", data, at + 18)
        sections_at, flags = struct.unpack_from("<Q", data, at + 40)[0], struct.unpack_from("<I", data, at + 48)[0]
        if machine == 190:
            count, = struct.unpack_from("<H", data, at + 60)
            yield flags >> 8 & 0xFF, data[at:at + sections_at + 64 * count]
        at = data.find(b"\x7fELF\x02\x01\x01", at + 1)


def sections(image):
    """name -> (offset, size, link)."""
    table, = struct.unpack_from("<Q", image, 40)
    count, names = struct.unpack_from("<HH", image, 60)
    headers = [struct.unpack_from("<IIQQQQIIQQ", image, table + 64 * i) for i in range(count)]
    text = headers[names][4]
    name = lambda start: image[text + start:image.index(b"\0", text + start)].decode()
    return {name(h[0]): (h[4], h[5]) for h in headers}


def attributes(image, start, size):
    """(attribute, value bytes) of a .nv.info section."""
    at, end = start, start + size
    while at < end:
        form, attribute, value = struct.unpack_from("<BBH", image, at)
        at += 4
        if form == 4:  # The value is the size of what follows.
            yield attribute, image[at:at + value]
            at += value


def instructions(image, start, size):
    found = collections.Counter()
    for low, high in struct.iter_unpack("<QQ", image[start:start + size // 16 * 16]):
        operation = OPERATIONS.get(low & 0xFFF)
        if operation:
            wide = ".128" if operation in ("LDG", "STG", "LDGSTS") and high >> 9 & 7 == WIDE else ""
            found[operation + wide] += 1
    return found


def kernels_of(path):
    for arch, image in cubins(path.read_bytes()):
        parts = sections(image)
        if ".nv.info" not in parts:
            continue  # No kernels.
        symbols, strings = parts[".symtab"], parts[".strtab"][0]
        symbol_name = lambda i: struct.unpack_from("<I", image, symbols[0] + 24 * i)[0]
        named = lambda i: image[strings + symbol_name(i):image.index(b"\0", strings + symbol_name(i))].decode()
        of_symbol = collections.defaultdict(dict)
        for attribute, value in attributes(image, *parts[".nv.info"]):
            if attribute in (0x11, 0x12, 0x2F):  # Frame size, least stack size, registers.
                symbol, number = struct.unpack("<II", value)
                of_symbol[named(symbol)][attribute] = number
        for section in parts:
            if not section.startswith(".text."):
                continue
            name = section[len(".text."):]
            own = dict(attributes(image, *parts[".nv.info." + name]))
            threads = own[0x05] if 0x05 in own else None
            static = parts.get(".nv.shared." + name, (0, 0))[1]
            yield Kernel(arch=arch, file=path.name.split(".")[0], name=name, registers=of_symbol[name][0x2F],
                         stack=max(of_symbol[name].get(0x11, 0), of_symbol[name].get(0x12, 0)),
                         threads=struct.unpack("<III", threads)[0] if threads else USUAL_THREADS,
                         static=max(0, static - RESERVED) if arch >= 90 else static, dynamic=0,
                         instructions=instructions(image, *parts[section]))


def read(build):
    """All kernels with readable names, and the compiler that made them."""
    objects = sorted((build / "kernels").glob("**/*.cu.o"))
    kernels = [kernel for path in objects for kernel in kernels_of(path)]
    if not kernels:
        sys.exit(f"kernel_table: {build}: no CUDA objects; build the preset cuda first")
    names = subprocess.run(["c++filt"], input="\n".join(k.name for k in kernels), capture_output=True, text=True,
                           check=True).stdout.splitlines()
    compiler = re.search(rb"Cuda compilation tools, release [0-9., V]+", b"".join(path.read_bytes() for path in objects))
    plain = [re.sub(r"^void ", "", re.sub(r"kernels::(cuda::)?|\(anonymous namespace\)::", "", name)) for name in names]
    # Tiles state the dynamic shared memory of their launch as the last argument of their kernel.
    stated = [re.match(r"\w+<.*Tile<.*?>.*, (\d+)>\(", name) for name in plain]
    return ([kernel._replace(name=name, dynamic=int(bytes_.group(1)) if bytes_ else 0)
             for kernel, name, bytes_ in zip(kernels, plain, stated)], compiler.group().decode().split(", ", 1)[1])


def occupancy(kernel):
    """Of the 64 warps that a multiprocessor holds, the share that this kernel lets it hold, in percent."""
    warps = (kernel.threads + 31) // 32
    of_warp = (kernel.registers * 32 + 255) // 256 * 256
    by_registers = REGISTERS // of_warp // 4 * 4 // warps
    shared = kernel.static + kernel.dynamic + RESERVED
    blocks = min(BLOCKS, WARPS // warps, by_registers, SHARED_MEMORY[kernel.arch] // shared)
    return round(100 * blocks * warps / WARPS)


def label(kernel):
    function = re.match(r"\w+", kernel.name).group()
    tile = re.search(r"(\w+)Tile<(\d+), (\d+)", kernel.name)
    return f"{function}, {tile.group(1)} {tile.group(2)}x{tile.group(3)}" if tile else function


def complaints(kernels):
    """What must hold of every build."""
    found = []
    for k in kernels:
        where = f"{k.file}: {k.name.split('(')[0]} on sm_{k.arch}"
        local = k.instructions["STL"] + k.instructions["LDL"]
        if k.stack or local:
            found.append(f"{where}: {k.stack} bytes of stack, {local} accesses to local memory")
        tile = re.search(r"(Bf16|Tf32)Tile<", k.name)
        by_elements = "(Access)1" in k.name
        wanted = ["HMMA", "LDSM"] if tile and tile.group(1) == "Bf16" else ["HMMA"] if tile else []
        if tile and not by_elements:
            wanted += ["LDGSTS.128", "STG.128"]
        if k.file in ("optimizer_update", "moving_average") and re.match("update|follow", k.name):
            wanted += ["LDG.128", "STG.128"]
        found += [f"{where}: no {operation}" for operation in wanted if not k.instructions[operation]]
        if occupancy(k) == 0:
            found.append(f"{where}: no multiprocessor holds a block of it")
    return found


def span(values, unit=1):
    low, high = min(values) / unit, max(values) / unit
    text = lambda value: f"{value:.3g}" if value < 100 else f"{value:.0f}"
    return text(low) if text(low) == text(high) else f"{text(low)} to {text(high)}"


def table(kernels, compiler):
    groups = collections.defaultdict(list)
    for kernel in kernels:
        groups[kernel.file, label(kernel)].append(kernel)
    lines = [
        "# CUDA kernels", "",
        "Written by `scripts/kernel_table.py` from the objects of the preset `cuda`; a test fails where it is stale.",
        f"Compiler: {compiler}. Ranges are over the variants of a kernel (types, accesses, layouts). No kernel",
        "spills or has a stack frame. Shared memory is static and, for tiles, what the launch asks for; the kernels of",
        "argmax, confusion_matrix, cross_entropy and softmax ask for tiles of their lines besides, by the number of",
        "classes. Occupancy: the share of a multiprocessor's 64 warps that registers, shared memory and block size let",
        "it hold. 128-bit: accesses to global memory that some variant makes so wide: copies to shared memory",
        "(cp.async), loads, stores. Kernels without launch bounds are launched with 256 threads.", "",
        "| file | kernel | variants | threads | registers sm_80 | sm_90a | shared KB | occupancy % sm_80 | sm_90a "
        "| 128-bit |", "|" + " --- |" * 10]
    natural = lambda key: [int(p) if p.isdigit() else p for p in re.split(r"(\d+)", "/".join(key))]
    for file, name in sorted(groups, key=natural):
        members = groups[file, name]
        on = {arch: [k for k in members if k.arch == arch] for arch in (80, 90)}
        counts = sum((k.instructions for k in members), collections.Counter())
        wide = [word for operation, word in (("LDGSTS.128", "copies"), ("LDG.128", "loads"), ("STG.128", "stores"))
                if counts[operation]]
        lines.append("| " + " | ".join([
            file, name, str(len(on[90])), span([k.threads for k in members]),
            span([k.registers for k in on[80]]), span([k.registers for k in on[90]]),
            span([k.static + k.dynamic for k in members], 1024),
            span([occupancy(k) for k in on[80]]), span([occupancy(k) for k in on[90]]), ", ".join(wide) or "-"]) + " |")
    return "\n".join(lines) + "\n"


def check(kernels, compiler):
    found = complaints(kernels)
    standing = TABLE.read_text() if TABLE.exists() else ""
    if f"Compiler: {compiler}." not in standing and standing:
        print(f"kernel_table: the table is of another compiler than {compiler}: its numbers are not compared")
    elif standing != table(kernels, compiler):
        old, new = standing.splitlines(), table(kernels, compiler).splitlines()
        found += [f"stale: {line}" for line in old if line not in new]
        found += [f"now: {line}" for line in new if line not in old]
        found.append(f"{TABLE.relative_to(ROOT)} is stale: run scripts/kernel_table.py")
    return found


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--build", type=pathlib.Path, default=ROOT / "build-cuda", help="folder of the preset cuda")
    parser.add_argument("--check", action="store_true")
    arguments = parser.parse_args()
    kernels, compiler = read(arguments.build)
    found = check(kernels, compiler) if arguments.check else complaints(kernels)
    if not arguments.check:
        TABLE.write_text(table(kernels, compiler))
    for complaint in found:
        print(f"kernel_table: {complaint}", file=sys.stderr)
    print(f"kernel_table: {len(kernels)} kernels of {compiler}")
    sys.exit(1 if found else 0)


if __name__ == "__main__":
    main()
