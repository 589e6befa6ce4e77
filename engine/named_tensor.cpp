// SPDX-License-Identifier: Apache-2.0
#include "engine/named_tensor.h"

#include <map>
#include <utility>
#include <vector>

#include "kernels/error.h"

namespace engine {

void copy_state(const char* owner, std::span<const NamedTensor> saved, std::span<const NamedTensor> state) {
  using kernels::CheckpointError;
  std::map<std::string, Tensor> unused;
  for (const auto& [name, tensor] : saved) unused[name] = tensor;
  std::vector<std::pair<Tensor, Tensor>> copies;
  for (const auto& [name, mine] : state) {
    const auto found = unused.find(name);
    if (found == unused.end())
      throw CheckpointError("{}: the state '{}' is not among the {} that were saved", owner, name, saved.size());
    if (found->second.shape() != mine.shape())
      throw CheckpointError("{}: the state '{}' has shape {}, the saved one {}", owner, name, mine.shape(),
                            found->second.shape());
    copies.emplace_back(found->second, mine);
    unused.erase(found);
  }
  if (!unused.empty())
    throw CheckpointError("{}: the saved state '{}' has no place here ({} such)", owner, unused.begin()->first,
                          unused.size());
  for (const auto& [from, to] : copies) copy_into(from, to);
}

}  // namespace engine
