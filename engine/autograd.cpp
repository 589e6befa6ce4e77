// SPDX-License-Identifier: Apache-2.0
#include "engine/autograd.h"

#include <cmath>
#include <map>

#include "engine/accumulate.h"
#include "kernels/error.h"
#include "kernels/range.h"

namespace engine {

// Where a gradient goes: to the op that made the input, or to a leaf.
struct Edge {
  std::shared_ptr<Node> node;
  std::shared_ptr<detail::TensorImpl> leaf;
  Shape shape;  // Of the input, for un-broadcasting.
};

struct Node {
  Node() = default;
  Node(const Node&) = delete;
  Node& operator=(const Node&) = delete;
  ~Node();  // Frees long chains one by one.

  const char* op = "";
  std::uint64_t order = 0;  // Nodes are made in order, so a later node never feeds an earlier one.
  GradientRule rule;
  std::vector<Edge> edges;
  Needs needs;
  Tensor gradient;  // Collected so far.
};

namespace {

thread_local bool recording = true;
thread_local const OpObserver::Listener* observer = nullptr;
thread_local std::uint64_t next_order = 0;

bool wants(const Tensor& tensor) {
  return tensor && (tensor.requires_grad() || tensor.node());
}

bool is_finite(const Tensor& tensor) {
  if (!kernels::is_floating(tensor.dtype())) return true;
  for (const double value : download(tensor))
    if (!std::isfinite(value)) return false;
  return true;
}

// Frees long chains of nodes one by one: the default recursion would overflow the stack on deep graphs.
void release_chain(std::shared_ptr<Node> first) {
  std::vector<std::shared_ptr<Node>> pending{std::move(first)};
  while (!pending.empty()) {
    std::shared_ptr<Node> node = std::move(pending.back());
    pending.pop_back();
    if (!node || node.use_count() > 1) continue;
    node->rule = nullptr;
    for (Edge& edge : node->edges) pending.push_back(std::move(edge.node));
  }
}

}  // namespace

Node::~Node() {
  for (Edge& edge : edges) release_chain(std::move(edge.node));
}

namespace {

void collect(Tensor& sum, Tensor gradient) {
  if (!sum)
    sum = std::move(gradient);
  else
    sum = accumulate(std::move(sum), std::move(gradient));
}

}  // namespace

Saved::Saved(const char* op, const Tensor& tensor)
    : op_(op), tensor_(tensor.detach()), version_(tensor ? tensor.version() : 0) {}

const Tensor& Saved::get() const {
  if (tensor_ && tensor_.version() != version_)
    throw kernels::Error("{}: a tensor of shape {} that its gradient needs was changed in place after the forward pass",
                         op_, tensor_.shape());
  return tensor_;
}

bool needs_gradient(std::initializer_list<Tensor> inputs) {
  if (!recording) return false;
  for (const Tensor& input : inputs)
    if (wants(input)) return true;
  return false;
}

Tensor record(const char* op, const Tensor& result, const std::vector<Tensor>& inputs, GradientRule rule) {
  if (observer != nullptr) (*observer)(op, result, inputs);
  if (!recording) return result;
  auto node = std::make_shared<Node>();
  for (std::size_t i = 0; i < inputs.size(); ++i) {
    Edge edge;
    if (wants(inputs[i])) {
      node->needs.set(i);
      edge.node = inputs[i].node();
      if (!edge.node) edge.leaf = inputs[i].impl();
      edge.shape = inputs[i].shape();
    }
    node->edges.push_back(std::move(edge));
  }
  if (node->needs.none()) return result;
  node->op = op;
  node->order = next_order++;
  node->rule = std::move(rule);
  Tensor recorded = result;
  recorded.set_node(std::move(node));
  return recorded;
}

void backward(const Tensor& loss, double scale) {
  if (loss.elements() != 1)
    throw kernels::ShapeError("backward: the loss must have one element, got shape {}", loss.shape());
  backward_from(loss, full(loss.shape(), scale, loss.dtype(), loss.shared_queue()));
}

void backward_from(const Tensor& output, const Tensor& doutput) {
  if (!output.node()) throw kernels::Error("backward: nothing that leads to this tensor requires a gradient");
  const kernels::Range range(output.queue(), {.name = "backward"});
  const NoGradient no_gradient;
  std::map<std::uint64_t, std::shared_ptr<Node>, std::greater<>> pending;  // Latest first.
  collect(output.node()->gradient, doutput);
  pending[output.node()->order] = output.node();
  while (!pending.empty()) {
    const std::shared_ptr<Node> node = pending.begin()->second;
    pending.erase(pending.begin());
    if (!node->rule) throw kernels::Error("backward: the tape behind {} was already consumed", node->op);
    const Tensor dy = std::move(node->gradient);
    node->gradient = {};
    Gradients gradients = node->rule(dy, node->needs);
    node->rule = nullptr;
    if (gradients.size() != node->edges.size())
      throw kernels::Error("{}: the gradient rule returned {} gradients for {} inputs", node->op, gradients.size(),
                           node->edges.size());
    for (std::size_t i = 0; i < gradients.size(); ++i) {
      Edge& edge = node->edges[i];
      if (!node->needs[i] || !gradients[i]) continue;
      Tensor gradient = sum_to_shape(std::move(gradients[i]), edge.shape);
      if (edge.node) {
        collect(edge.node->gradient, std::move(gradient));
        pending[edge.node->order] = edge.node;
      } else {
        collect(edge.leaf->grad, std::move(gradient));
      }
    }
    std::vector<Edge> edges = std::move(node->edges);
    for (Edge& edge : edges) release_chain(std::move(edge.node));
  }
}

NoGradient::NoGradient() : before_(recording) {
  recording = false;
}
NoGradient::~NoGradient() {
  recording = before_;
}

OpObserver::OpObserver(Listener listener) : listener_(std::move(listener)), before_(observer) {
  observer = &listener_;
}
OpObserver::~OpObserver() {
  observer = before_;
}

OpObserver::Listener finite_check() {
  return [](const char* op, const Tensor& result, const std::vector<Tensor>& inputs) {
    if (is_finite(result)) return;
    for (const Tensor& input : inputs)
      if (input && !is_finite(input)) return;
    throw kernels::Error("{}: the result of shape {} holds a NaN or an infinity, its inputs do not", op,
                         result.shape());
  };
}

}  // namespace engine
