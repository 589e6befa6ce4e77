// SPDX-License-Identifier: Apache-2.0
// What the networks ask of each op in one training step: eight images of 480x640, nine classes. For speed alone,
// and for hardware: the reference loops and the emulation take minutes for many of them. The predictions in
// docs/performance.md and bench/predictions.csv speak of these, by name.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "tests/cases/adaptive_average_pool2d_cases.h"
#include "tests/cases/argmax_cases.h"
#include "tests/cases/attention_cases.h"
#include "tests/cases/attention_distillation_cases.h"
#include "tests/cases/augment_cases.h"
#include "tests/cases/average_pool2d_cases.h"
#include "tests/cases/batch_norm_cases.h"
#include "tests/cases/cast_cases.h"
#include "tests/cases/concat_cases.h"
#include "tests/cases/confusion_matrix_cases.h"
#include "tests/cases/conv2d_cases.h"
#include "tests/cases/conv_transpose2d_cases.h"
#include "tests/cases/cross_entropy_cases.h"
#include "tests/cases/distillation_cross_entropy_cases.h"
#include "tests/cases/dropout_cases.h"
#include "tests/cases/edge_loss_cases.h"
#include "tests/cases/elementwise_binary_cases.h"
#include "tests/cases/elementwise_unary_cases.h"
#include "tests/cases/matmul_cases.h"
#include "tests/cases/max_pool2d_cases.h"
#include "tests/cases/mean_squared_error_cases.h"
#include "tests/cases/optimizer_update_cases.h"
#include "tests/cases/pairwise_similarity_cases.h"
#include "tests/cases/pixel_difference_cases.h"
#include "tests/cases/power_cases.h"
#include "tests/cases/prelu_cases.h"
#include "tests/cases/prime_aware_distillation_cases.h"
#include "tests/cases/reduce_cases.h"
#include "tests/cases/resize_cases.h"
#include "tests/cases/slice_cases.h"
#include "tests/cases/softmax_cases.h"

namespace test::network {

inline constexpr auto large = CaseSize::large;
inline constexpr int images = 8;

inline const std::vector<Conv2dCase> conv2d = {
    {"mfnet conv1, rgb", {images, 3, 480, 640}, {16, 3, 3, 3}, {.padding = 1}, large},
    {"mfnet conv1, thermal", {images, 1, 480, 640}, {16, 1, 3, 3}, {.padding = 1}, large},
    {"mfnet conv2", {images, 48, 240, 320}, {48, 48, 3, 3}, {.padding = 1}, large},
    {"mfnet conv3", {images, 48, 120, 160}, {48, 48, 3, 3}, {.padding = 1}, large},
    {"mfnet conv4, dilated", {images, 96, 60, 80}, {48, 96, 3, 3}, {.padding = 2, .dilation = 2}, large},
    {"mfnet decode4", {images, 132, 60, 80}, {64, 132, 3, 3}, {.padding = 1}, large},
    {"mfnet decode1", {images, 32, 480, 640}, {9, 32, 3, 3}, {.padding = 1}, large},
    {"resnet stem, rgb", {images, 3, 480, 640}, {64, 3, 7, 7}, {.stride = 2, .padding = 3}, large},
    {"resnet stem, thermal", {images, 1, 480, 640}, {64, 1, 7, 7}, {.stride = 2, .padding = 3}, large},
    {"resnet layer1 3x3", {images, 64, 120, 160}, {64, 64, 3, 3}, {.padding = 1}, large},
    {"resnet layer2 3x3", {images, 128, 60, 80}, {128, 128, 3, 3}, {.padding = 1}, large},
    {"resnet layer2.0, stride 2", {images, 64, 120, 160}, {128, 64, 3, 3}, {.stride = 2, .padding = 1}, large},
    {"resnet layer3 3x3", {images, 256, 30, 40}, {256, 256, 3, 3}, {.padding = 1}, large},
    {"resnet layer4 3x3", {images, 512, 15, 20}, {512, 512, 3, 3}, {.padding = 1}, large},
    {"resnet-50 layer1 1x1", {images, 64, 120, 160}, {256, 64, 1, 1}, {}, large},
    {"resnet-50 layer4 1x1", {images, 2048, 15, 20}, {512, 2048, 1, 1}, {}, large},
    {"cenet layer4.net.0 shortcut, stride 2",
     {images, 1024, 30, 40},
     {2048, 1024, 3, 3},
     {.stride = 2, .padding = 1},
     large},
    {"cenet edge module, dilation 11",
     {images, 256, 120, 160},
     {256, 256, 3, 3},
     {.padding = 11, .dilation = 11},
     large},
    {"rtfnet-18 deconv4 3x3", {images, 64, 120, 160}, {64, 64, 3, 3}, {.padding = 1}, large},
    {"rtfnet-18 deconv5 3x3", {images, 32, 240, 320}, {32, 32, 3, 3}, {.padding = 1}, large},
};

inline const std::vector<ConvTranspose2dCase> conv_transpose2d = {
    {"rtfnet-18 deconv1", {images, 256, 15, 20}, {256, 256, 2, 2}, {.stride = 2}, large},
    {"rtfnet-18 deconv1 shortcut", {images, 512, 15, 20}, {512, 256, 2, 2}, {.stride = 2}, large},
    {"rtfnet-18 deconv4", {images, 32, 120, 160}, {32, 32, 2, 2}, {.stride = 2}, large},
    {"rtfnet-18 deconv5", {images, 9, 240, 320}, {9, 9, 2, 2}, {.stride = 2}, large},
    {"rtfnet-18 deconv5 shortcut", {images, 32, 240, 320}, {32, 9, 2, 2}, {.stride = 2}, large},
};

// The same product for the ceiling that bench measures, at the size of a squeeze-and-excite layer and a classifier.
inline const std::vector<MatmulCase> matmul = {
    {"squeeze, 2048 channels", {images, 2048}, {512, 2048}, {.b = transposed}, large},
    {"classifier, 32 images", {32, 2048}, {1000, 2048}, {.b = transposed}, large},
};

inline const std::vector<Pool2dCase> max_pool2d = {
    {"mfnet pool1, 8 images", {images, 16, 480, 640}, {}, large},
    {"resnet stem, 8 images", {images, 64, 240, 320}, {.kernel = 3, .stride = 2, .padding = 1}, large},
    {"vgg, 8 images", {images, 64, 480, 640}, {}, large},
};

inline const std::vector<AveragePool2dCase> average_pool2d = {
    {"mfnet pool1, 8 images", {images, 16, 480, 640}, {}, large},
};

inline const std::vector<AdaptiveAveragePool2dCase> adaptive_average_pool2d = {
    {"attention, 8 images", {images, 64, 120, 160}, {1, 1}, large},
};

inline const std::vector<ResizeCase> resize = {
    {"nearest, mfnet, 8 images", {images, 32, 240, 320}, {480, 640}, nearest, large},
    {"centres, twice, 8 images", {images, 64, 120, 160}, {240, 320}, bilinear_centres, large},
    {"aligned, eightfold logits, 8 images", {images, 9, 60, 80}, {480, 640}, bilinear_aligned, large},
};

inline const std::vector<ConcatCase> concat = {
    {"mfnet encoders, 8 images", {{images, 48, 240, 320}, {images, 16, 240, 320}}, 1, large},
    {"rgb and thermal, 8 images", {{images, 3, 480, 640}, {images, 1, 480, 640}}, 1, large},
};

inline const std::vector<SliceCase> slice = {
    {"rgb of both, 8 images", {images, 4, 480, 640}, {.axis = 1, .begin = 0, .end = 3}, large},
};

inline BatchNormCase batch_norm_case(std::string name, int channels, kernels::Size2 size,
                                     kernels::Activation activation,
                                     BatchNormCase::Residual residual = BatchNormCase::Residual::absent) {
  return {std::move(name), {images, channels, size.h, size.w}, {.activation = activation}, residual, large};
}

inline std::vector<BatchNormCase> batch_norm_cases_of_networks() {
  const auto leaky = kernels::Activation::leaky_relu(0.2), relu = kernels::Activation::relu();
  const auto present = BatchNormCase::Residual::present;
  return {
      batch_norm_case("mfnet conv1, 8 images", 16, {480, 640}, leaky),
      batch_norm_case("mfnet conv2", 48, {240, 320}, leaky),
      batch_norm_case("mfnet conv3", 48, {120, 160}, leaky),
      batch_norm_case("mfnet conv4", 96, {60, 80}, leaky),
      batch_norm_case("resnet stem", 64, {240, 320}, relu),
      batch_norm_case("resnet layer1", 64, {120, 160}, relu),
      batch_norm_case("resnet-18 layer1 with residual", 64, {120, 160}, relu, present),
      batch_norm_case("resnet-50 layer1 with residual", 256, {120, 160}, relu, present),
      batch_norm_case("resnet-50 layer2 with residual", 512, {60, 80}, relu, present),
      batch_norm_case("resnet-50 layer4 with residual", 2048, {15, 20}, relu, present),
      batch_norm_case("rtfnet-18 deconv5", 32, {240, 320}, relu),
  };
}
inline const std::vector<BatchNormCase> batch_norm = batch_norm_cases_of_networks();

inline const std::vector<CrossEntropyCase> cross_entropy = {
    {"mfnet, 8 images", {images, 9, 480, 640}, {}, ClassWeights::absent, kernels::DType::u8, large},
};

inline const std::vector<SoftmaxCase> softmax = {
    {"mfnet, 8 images", {images, 9, 480, 640}, 1, large},
};

inline const std::vector<ConfusionMatrixCase> confusion_matrix = {
    {"mfnet, 8 images", {images, 9, 480, 640}, {images, 480, 640}, 3, 255, large},
};

inline AugmentCase augment_case(std::string name, PairResampling pair, ThermalScale scale = ThermalScale::full_range) {
  AugmentCase c{std::move(name), std::vector<AugmentImageCase>(images, mfnet_crop), {480, 640}};
  c.pair = pair;
  if (pair != PairResampling::nearest) c.kernel = kernels::ResamplingKernel::cubic;
  c.scale = scale;
  c.size_class = large;
  return c;
}
inline const std::vector<AugmentCase> augment = {
    augment_case("nearest, 8 crops", PairResampling::nearest),
    augment_case("nearest, 8 crops, standardised", PairResampling::nearest, ThermalScale::standardise),
    augment_case("bicubic, 8 crops", PairResampling::separate),
    augment_case("premultiplied, 8 crops", PairResampling::premultiplied),
};

inline const std::vector<AttentionCase> attention = {
    {"cenet, first block, 8 images", images, 4, 512, {30, 40}, large},
    {"cenet, second block, 8 images", images, 4, 512, {15, 20}, large},
};

// PiDiNet-tiny's widest layers.
inline const std::vector<PixelDifferenceCase> pixel_difference = {{"depthwise, 80 channels", {80, 1, 3, 3}, large}};

// EKNet's largest enhanced map.
inline const std::vector<PowerCase> power = {{"half size, 8 images", {images, 1, 240, 320}, 2, large}};

inline const std::vector<PreluCase> prelu = {
    {"quarter size, 8 images", {images, 64, 120, 160}, {64}, large},
};

inline const std::vector<CastCase> cast = {
    {"u8 to bf16, 8 images", {images, 4, 480, 640}, kernels::DType::u8, kernels::DType::bf16, large},
    {"f32 to bf16, weights", {25'600'000}, kernels::DType::f32, kernels::DType::bf16, large},
};

inline const std::vector<DropoutCase> dropout = {
    {"features, 8 images", {images, 64, 120, 160}, {}, large},
    {"channels, 8 images", {images, 64, 120, 160}, {.probability = 0.1, .unit = whole_channels}, large},
};

inline const std::vector<ReduceCase> reduce = {
    {"bias of 16 channels, 8 images", {images, 16, 480, 640}, {1, 16, 1, 1}, large},
    {"per image and channel, 8 images", {images, 64, 120, 160}, {images, 64, 1, 1}, large},
};

inline const std::vector<ElementwiseBinaryCase> elementwise_binary = {
    {"rtfnet fusion of the stem", {images, 64, 240, 320}, {images, 64, 240, 320}, large},
    {"rtfnet fusion of layer1", {images, 64, 120, 160}, {images, 64, 120, 160}, large},
};

inline const std::vector<kernels::Shape> elementwise_unary_shapes = {{images, 64, 240, 320}};

// CEKD's distillation at 480x640.
inline const std::vector<MeanSquaredErrorCase> mean_squared_error = {
    {"cekd hint, 8 images", {images, 256, 120, 160}, large},
};
inline const std::vector<DistillationCrossEntropyCase> distillation_cross_entropy = {
    {"cekd, 8 images", {images, 9, 480, 640}, {.temperature = 6}, large},
};
inline const std::vector<EdgeLossCase> edge_loss = {
    {"cekd, 8 images", {images, 120, 160}, kernels::EdgeLossForm::code, 0.05, large},
};
inline const std::vector<PairwiseSimilarityCase> pairwise_similarity = {
    {"cekd f5, 8 images", {images, 2048, 15, 20}, 2048, large},
};
inline const std::vector<AttentionDistillationCase> attention_distillation = {
    {"cekd f5, 8 images", {images, 2048, 15, 20}, 2048, large},
};
inline const std::vector<PrimeAwareDistillationCase> prime_aware_distillation = {
    {"cekd f5, 8 images", {images, 2048, 15, 20}, large},
};

// All parameters of RTFNet-18 in one launch.
inline const std::vector<OptimizerUpdateCase> optimizer_update = {
    {"44 million parameters", many(50, {512, 64, 3, 9}), OptimizerUpdateCase::Size::large},
};

}  // namespace test::network
