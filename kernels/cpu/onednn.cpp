// SPDX-License-Identifier: Apache-2.0
#include "kernels/cpu/onednn.h"

#include "kernels/device.h"
#include "kernels/error.h"

namespace kernels::cpu {

std::string library_version() {
#ifdef ISOTHERM_HAVE_ONEDNN
  const dnnl_version_t* version = dnnl_version();
  return fmt::format("oneDNN {}.{}.{}", version->major, version->minor, version->patch);
#else
  return "no oneDNN";
#endif
}

}  // namespace kernels::cpu

#ifdef ISOTHERM_HAVE_ONEDNN

namespace kernels::cpu {

OneDnn& OneDnn::of(Queue& queue) {
  auto& self = queue.backend_state<OneDnn>();
  if (!self.registered_) {
    queue.on_storage_released([&self](std::uint64_t storage) { self.packed_.erase(storage); });
    self.registered_ = true;
  }
  set_library_threads(queue.threads());
  return self;
}

const Primitive& OneDnn::primitive(const ProblemKey& key, const std::function<Primitive()>& build) {
  const auto found = primitives_.find(key);
  if (found != primitives_.end()) return found->second;
  return primitives_.emplace(key, build()).first->second;
}

void OneDnn::reorder(Queue& queue, dnnl::memory& from, dnnl::memory& to) {
  dnnl::primitive_attr attributes;
  attributes.set_scratchpad_mode(dnnl::scratchpad_mode::user);
  const dnnl::reorder::primitive_desc description(from, to, attributes);
  const Workspace scratchpad(queue, description.scratchpad_desc().get_size());
  dnnl::reorder(description)
      .execute(stream_, {{DNNL_ARG_FROM, from},
                         {DNNL_ARG_TO, to},
                         {DNNL_ARG_SCRATCHPAD, wrap(description.scratchpad_desc(), scratchpad.data())}});
  stream_.wait();
}

void OneDnn::keep_packed(bool keep) {
  keep_packed_ = keep;
  if (!keep) packed_.clear();
}

dnnl::memory OneDnn::packed(Queue& queue, ConstView weight, const dnnl::memory::desc& plain,
                            const dnnl::memory::desc& wanted) {
  if (plain == wanted) return wrap(plain, weight.data);
  const auto allocate = [&] {
    Memory& memory = queue.memory();
    return std::shared_ptr<void>(memory.allocate(wanted.get_size()), [&memory](void* data) { memory.release(data); });
  };
  const auto pack = [&](void* data) {
    dnnl::memory from = wrap(plain, weight.data), to = wrap(wanted, data);
    reorder(queue, from, to);
    return to;
  };
  Packed& kept = packed_[weight.storage];
  const bool seen = keep_packed_ && weight.storage != 0 && kept.version == weight.version;
  if (!seen) {
    kept.version = weight.version;
    kept.copies.clear();
    // First sight of these values: a training step changes them before the next use, so nothing is kept beyond the
    // call.
    temporary_ = allocate();
    return pack(temporary_.get());
  }
  for (const auto& [description, copy] : kept.copies)
    if (description == wanted) return wrap(wanted, copy.get());
  kept.copies.emplace_back(wanted, allocate());
  return pack(kept.copies.back().second.get());
}

void OneDnn::run(Queue& queue, const char* row, const Primitive& primitive,
                 std::unordered_map<int, dnnl::memory> arguments) {
  try {
    const Workspace scratchpad(queue, primitive.scratchpad.get_size());
    arguments[DNNL_ARG_SCRATCHPAD] = wrap(primitive.scratchpad, scratchpad.data());
    primitive.primitive.execute(stream_, arguments);
    stream_.wait();
  } catch (const dnnl::error& error) {
    throw DeviceError("{}: oneDNN failed: {} (status {})", row, error.what(), static_cast<int>(error.status));
  }
}

dnnl::memory::data_type data_type(DType dtype) {
  switch (dtype) {
    case DType::f32:
      return dnnl::memory::data_type::f32;
    case DType::bf16:
      return dnnl::memory::data_type::bf16;
    default:
      throw DTypeError("the cpu device computes in f32 and bf16, not in {}", name_of(dtype));
  }
}

dnnl::memory::desc activation_desc(const Shape& shape, DType dtype) {
  return {{shape.n(), shape.c(), shape.h(), shape.w()}, data_type(dtype), dnnl::memory::format_tag::nhwc};
}

}  // namespace kernels::cpu

#endif
