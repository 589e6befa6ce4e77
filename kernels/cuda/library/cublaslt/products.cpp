// SPDX-License-Identifier: Apache-2.0
// Matrix products by cuBLASLt. It reads matrices column by column, in which our row-major y = A B is y' = B' A': the
// roles of a and b are exchanged, and nothing is transposed in memory.
#include <cublasLt.h>

#include "kernels/cuda/devices.h"
#include "kernels/cuda/hardware/runtime.cuh"
#include "kernels/cuda/library/matmul_library.h"
#include "kernels/error.h"

namespace kernels::cuda {

std::string matmul_library_version() {
  static const std::string version = [](std::size_t number) {
    return fmt::format("cuBLASLt {}.{}.{}", number / 10000, number / 100 % 100, number % 100);
  }(cublasLtGetVersion());
  return version;
}

namespace library {

namespace {

constexpr std::uint64_t most_workspace = std::uint64_t{64} << 20;  // Bytes.

void check_cublas(cublasStatus_t status, const char* call, const std::string& problem) {
  if (status != CUBLAS_STATUS_SUCCESS) throw DeviceError("{}: {}: {}", problem, call, cublasLtGetStatusString(status));
}

// One of cuBLASLt's opaque objects with its owner's duty to destroy it.
template <class Object, cublasStatus_t (*destroy)(Object)>
struct Destroyer {
  using pointer = Object;
  void operator()(Object object) const noexcept { static_cast<void>(destroy(object)); }
};
template <class Object, cublasStatus_t (*destroy)(Object)>
using Owned = std::unique_ptr<std::remove_pointer_t<Object>, Destroyer<Object, destroy>>;

using Handle = Owned<cublasLtHandle_t, cublasLtDestroy>;
using Operation = Owned<cublasLtMatmulDesc_t, cublasLtMatmulDescDestroy>;
using Layout = Owned<cublasLtMatrixLayout_t, cublasLtMatrixLayoutDestroy>;
using Preference = Owned<cublasLtMatmulPreference_t, cublasLtMatmulPreferenceDestroy>;

cudaDataType_t data_type(DType dtype) {
  return dtype == DType::bf16 ? CUDA_R_16BF : CUDA_R_32F;
}

// A matrix that lies row by row as [rows, columns] is, column by column, [columns, rows].
Layout layout(std::int64_t rows, std::int64_t columns, DType dtype, std::int64_t batch, const std::string& problem) {
  cublasLtMatrixLayout_t made = nullptr;
  check_cublas(cublasLtMatrixLayoutCreate(&made, data_type(dtype), static_cast<std::uint64_t>(columns),
                                          static_cast<std::uint64_t>(rows), columns),
               "cublasLtMatrixLayoutCreate", problem);
  Layout owned(made);
  const auto count = static_cast<std::int32_t>(batch);
  const std::int64_t stride = rows * columns;
  const auto set = [&](cublasLtMatrixLayoutAttribute_t name, const auto& value) {
    check_cublas(cublasLtMatrixLayoutSetAttribute(made, name, &value, sizeof value), "cublasLtMatrixLayoutSetAttribute",
                 problem);
  };
  set(CUBLASLT_MATRIX_LAYOUT_BATCH_COUNT, count);
  set(CUBLASLT_MATRIX_LAYOUT_STRIDED_BATCH_OFFSET, stride);
  return owned;
}

// What the algorithms of one problem share.
struct Product {
  std::string problem;
  std::shared_ptr<const Handle> handle;
  Operation operation;
  Layout a, b, y;
  bool bias;
};

template <class Value>
void set_attribute(const Product& product, cublasLtMatmulDescAttributes_t name, const Value& value) {
  check_cublas(cublasLtMatmulDescSetAttribute(product.operation.get(), name, &value, sizeof value),
               "cublasLtMatmulDescSetAttribute", product.problem);
}

std::shared_ptr<Product> product_of(const ProductProblem& p, std::shared_ptr<const Handle> handle) {
  auto product = std::make_shared<Product>();
  product->problem = to_string(p);
  product->handle = std::move(handle);
  product->bias = p.bias;
  const bool tf32 = p.factors == DType::f32 && p.products == Products::tf32;
  cublasLtMatmulDesc_t operation = nullptr;
  check_cublas(
      cublasLtMatmulDescCreate(&operation, tf32 ? CUBLAS_COMPUTE_32F_FAST_TF32 : CUBLAS_COMPUTE_32F, CUDA_R_32F),
      "cublasLtMatmulDescCreate", product->problem);
  product->operation.reset(operation);
  const bool a_turned = p.options.a == Transpose::yes, b_turned = p.options.b == Transpose::yes;
  const auto& [batch, m, n, k, a_row, a_column, b_row, b_column] = p.size;
  product->a = layout(a_turned ? k : m, a_turned ? m : k, p.factors, batch, product->problem);
  product->b = layout(b_turned ? n : k, b_turned ? k : n, p.factors, batch, product->problem);
  product->y = layout(m, n, p.y, batch, product->problem);
  const auto turned = [](bool yes) {
    return static_cast<std::int32_t>(yes ? CUBLAS_OP_T : CUBLAS_OP_N);
  };
  set_attribute(*product, CUBLASLT_MATMUL_DESC_TRANSA, turned(b_turned));  // Its first factor is our second.
  set_attribute(*product, CUBLASLT_MATMUL_DESC_TRANSB, turned(a_turned));
  if (p.bias)  // Along its rows, our columns.
    set_attribute(*product, CUBLASLT_MATMUL_DESC_EPILOGUE, static_cast<std::uint32_t>(CUBLASLT_EPILOGUE_BIAS));
  return product;
}

std::string name_of_algorithm(const cublasLtMatmulAlgo_t& algorithm, const std::string& problem) {
  std::string name = "cublaslt";
  for (const auto& [attribute, label] : {std::pair{CUBLASLT_ALGO_CONFIG_ID, "algorithm"},
                                         {CUBLASLT_ALGO_CONFIG_TILE_ID, "tile"},
                                         {CUBLASLT_ALGO_CONFIG_STAGES_ID, "stages"},
                                         {CUBLASLT_ALGO_CONFIG_SPLITK_NUM, "splits"},
                                         {CUBLASLT_ALGO_CONFIG_CTA_SWIZZLING, "swizzling"},
                                         {CUBLASLT_ALGO_CONFIG_CUSTOM_OPTION, "option"}}) {
    std::int32_t value = 0;
    check_cublas(cublasLtMatmulAlgoConfigGetAttribute(&algorithm, attribute, &value, sizeof value, nullptr),
                 "cublasLtMatmulAlgoConfigGetAttribute", problem);
    name += fmt::format(" {} {}", label, value);
  }
  return name;
}

class CublasLtPlan final : public ProductPlan {
 public:
  CublasLtPlan(std::shared_ptr<const Product> product, const cublasLtMatmulHeuristicResult_t& found)
      : product_(std::move(product)),
        algorithm_(found.algo),
        workspace_(found.workspaceSize),
        name_(name_of_algorithm(found.algo, product_->problem)) {}

  std::string name() const override { return name_; }

  void run(Queue& queue, const ProductPointers& pointers) const override {
    const Product& p = *product_;
    const cudaStream_t stream = stream_of(queue);
    const Workspace workspace(queue, workspace_ == 0 ? 1 : workspace_);
    if (p.bias) set_attribute(p, CUBLASLT_MATMUL_DESC_BIAS_POINTER, pointers.bias);
    const float one = 1, zero = 0;
    check_cublas(
        cublasLtMatmul(p.handle->get(), p.operation.get(), &one, pointers.b, p.b.get(), pointers.a, p.a.get(), &zero,
                       pointers.y, p.y.get(), pointers.y, p.y.get(), &algorithm_, workspace.data(), workspace_, stream),
        "cublasLtMatmul", p.problem);
    launched_by_library(queue, "a matrix product of cuBLASLt");
  }

 private:
  std::shared_ptr<const Product> product_;
  cublasLtMatmulAlgo_t algorithm_;
  std::size_t workspace_;
  std::string name_;
};

class CublasLt final : public ProductLibrary {
 public:
  explicit CublasLt(Queue& queue) {
    static_cast<void>(stream_of(queue));  // Makes the device the thread's.
    cublasLtHandle_t handle = nullptr;
    check_cublas(cublasLtCreate(&handle), "cublasLtCreate", to_string(queue.device()));
    handle_ = std::make_shared<const Handle>(handle);
  }

  std::vector<std::shared_ptr<const ProductPlan>> plans(const ProductProblem& problem, int most) override {
    const auto product = product_of(problem, handle_);
    cublasLtMatmulPreference_t made = nullptr;
    check_cublas(cublasLtMatmulPreferenceCreate(&made), "cublasLtMatmulPreferenceCreate", product->problem);
    const Preference preference(made);
    const auto prefer = [&](cublasLtMatmulPreferenceAttributes_t name, const auto& value) {
      check_cublas(cublasLtMatmulPreferenceSetAttribute(made, name, &value, sizeof value),
                   "cublasLtMatmulPreferenceSetAttribute", product->problem);
    };
    prefer(CUBLASLT_MATMUL_PREF_MAX_WORKSPACE_BYTES, most_workspace);
    // Sums in f32, added in a fixed order: neither in the type of y nor where y lies.
    prefer(CUBLASLT_MATMUL_PREF_REDUCTION_SCHEME_MASK, std::uint32_t{CUBLASLT_REDUCTION_SCHEME_COMPUTE_TYPE});
    for (const auto name : {CUBLASLT_MATMUL_PREF_MIN_ALIGNMENT_A_BYTES, CUBLASLT_MATMUL_PREF_MIN_ALIGNMENT_B_BYTES,
                            CUBLASLT_MATMUL_PREF_MIN_ALIGNMENT_C_BYTES, CUBLASLT_MATMUL_PREF_MIN_ALIGNMENT_D_BYTES})
      prefer(name, std::uint32_t{16});
    std::vector<cublasLtMatmulHeuristicResult_t> found(static_cast<std::size_t>(most));
    int count = 0;
    const cublasStatus_t status =
        cublasLtMatmulAlgoGetHeuristic(handle_->get(), product->operation.get(), product->b.get(), product->a.get(),
                                       product->y.get(), product->y.get(), made, most, found.data(), &count);
    if (status == CUBLAS_STATUS_NOT_SUPPORTED) return {};
    check_cublas(status, "cublasLtMatmulAlgoGetHeuristic", product->problem);
    std::vector<std::shared_ptr<const ProductPlan>> plans;
    for (int i = 0; i < count; ++i)
      if (const auto& each = found[static_cast<std::size_t>(i)]; each.state == CUBLAS_STATUS_SUCCESS)
        plans.push_back(std::make_shared<CublasLtPlan>(product, each));
    return plans;
  }

 private:
  std::shared_ptr<const Handle> handle_;
};

}  // namespace

std::unique_ptr<ProductLibrary> open_products(Queue& queue) {
  return std::make_unique<CublasLt>(queue);
}

}  // namespace library
}  // namespace kernels::cuda
