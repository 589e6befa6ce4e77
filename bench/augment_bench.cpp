// SPDX-License-Identifier: Apache-2.0
#include "bench/harness.h"
#include "kernels/augment.h"
#include "tests/cases/augment_buffers.h"
#include "tests/cases/network_cases.h"

namespace {

void rows(bench::Harness& harness) {
  auto& queue = *harness.queue();
  for (const test::AugmentCase& c : harness.cases(test::augment_cases, test::network::augment))
    harness.row("augment", c.name, [&]() -> bench::Job {
      const test::AugmentBuffers buffers = test::augment_buffers(c);
      const auto bytes = [&](const std::vector<std::int64_t>& values) {
        return engine::from_host(std::span<const std::int64_t>(values), {static_cast<std::int64_t>(values.size())},
                                 bench::DType::u8, harness.queue());
      };
      const auto images = bytes(buffers.images), samples = bytes(buffers.samples);
      const auto rgb = engine::empty(test::augment_result(c, 3), harness.dtype(), harness.queue());
      const auto thermal = engine::empty(test::augment_result(c, 1), harness.dtype(), harness.queue());
      const auto labels = engine::empty({static_cast<std::int64_t>(c.images.size()), c.size.h, c.size.w},
                                        bench::DType::u8, harness.queue());
      return {[=, &queue, options = buffers.options] {
                const kernels::AugmentInputs in{images, samples};
                const kernels::AugmentOutputs out{rgb.mutable_view(), thermal.mutable_view(), labels.mutable_view()};
                kernels::augment(queue, options, in, out);
              },
              bench::bytes_of(samples, rgb, thermal, labels)};
    });
}

const bench::Registration registration(rows);

}  // namespace
