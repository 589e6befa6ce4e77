// SPDX-License-Identifier: Apache-2.0
#include "engine/ops/pseudo_label_cross_entropy.h"

#include "engine/ops/argmax.h"
#include "engine/ops/common.h"

namespace engine {

PseudoLabelLoss pseudo_label_cross_entropy(const Tensor& student, const Tensor& teacher, const Tensor& class_weights) {
  require_rank("pseudo_label_cross_entropy", "student", student, 4);
  require_shape("pseudo_label_cross_entropy", "teacher", teacher, student.shape());
  const Tensor labels = argmax(teacher.detach(), 1);
  return {cross_entropy(student, labels, class_weights), labels};
}

}  // namespace engine
