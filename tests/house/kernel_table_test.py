# SPDX-License-Identifier: Apache-2.0
"""The rules of scripts/kernel_table.py find made-up offenders, and its occupancy is that of known kernels."""
import collections
import importlib.util
import pathlib
import sys
import unittest

sys.dont_write_bytecode = True

PATH = pathlib.Path(__file__).resolve().parents[2] / "scripts" / "kernel_table.py"
specification = importlib.util.spec_from_file_location("kernel_table", PATH)
kernel_table = importlib.util.module_from_spec(specification)
specification.loader.exec_module(kernel_table)

TENSOR_CORES = {"HMMA": 8, "LDSM": 4, "LDGSTS.128": 4, "STG.128": 1}


def kernel(name, instructions, **changes):
    made = kernel_table.Kernel(arch=90, file="conv2d_gather", name=name, registers=128, stack=0, threads=256,
                               static=2048, dynamic=80 << 10, instructions=collections.Counter(instructions))
    return made._replace(**changes)


def tile(instructions, arithmetic="Bf16", access=0, **changes):
    name = f"gather_tile<{arithmetic}Tile<128, 64, 64, 32, (Layout)0, (Layout)0>, (Access){access}, 81920>(...)"
    return kernel(name, instructions, **changes)


class Rules(unittest.TestCase):
    def complaints(self, *kernels):
        return kernel_table.complaints(kernels)

    def test_a_kernel_without_faults_is_fine(self):
        self.assertEqual(self.complaints(tile(TENSOR_CORES), kernel("add(float*)", {})), [])

    def test_spills_are_found(self):
        self.assertEqual(len(self.complaints(tile(TENSOR_CORES, stack=16), kernel("add(float*)", {"STL": 1}),
                                             kernel("add(float*)", {"LDL": 1}))), 3)

    def test_each_missing_tensor_core_instruction_is_found(self):
        for missing in TENSOR_CORES:
            left = {operation: count for operation, count in TENSOR_CORES.items() if operation != missing}
            self.assertEqual(len(self.complaints(tile(left))), 1, missing)
        self.assertEqual(len(self.complaints(tile({}, arithmetic="Tf32"))), 3)

    def test_accesses_by_elements_need_not_be_wide(self):
        self.assertEqual(self.complaints(tile({"HMMA": 8, "LDSM": 4}, access=1)), [])

    def test_optimizers_must_store_128_bits(self):
        offender = kernel("update<3u, AdamRule>()", {"LDG.128": 4}, file="optimizer_update")
        self.assertEqual(len(self.complaints(offender)), 1)

    def test_occupancy_is_that_of_the_limits(self):
        def percent(**changes):
            return kernel_table.occupancy(tile({}, **changes))

        self.assertEqual(percent(), 25)  # Registers and memory: two blocks.
        self.assertEqual(percent(registers=129), 12)  # 136 registers: one block.
        self.assertEqual(percent(arch=80, dynamic=79 << 10), 25)  # Twice 82 KB are 164.
        self.assertEqual(percent(arch=80), 12)
        self.assertEqual(percent(registers=16, dynamic=0), 100)
        self.assertEqual(percent(registers=16, dynamic=0, threads=32), 50)  # 32 blocks at most.
        self.assertEqual(len(self.complaints(tile(TENSOR_CORES, dynamic=250 << 10))), 1)


if __name__ == "__main__":
    unittest.main()
