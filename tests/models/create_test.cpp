// SPDX-License-Identifier: Apache-2.0
#include "models/create.h"

#include "tests/support/catch.h"
#include "tests/support/kernel_test.h"
#include "train/info.h"
#include "train/network.h"

using namespace test;
using Catch::Matchers::Contains;

TEST_CASE("networks have the published numbers of parameters, buffers, entries and multiply-adds", "[memory]") {
  struct Row {
    const char* model;
    std::int64_t parameters, buffers;
    std::size_t entries;
    double giga_multiply_adds;
  };
  // specs of the networks: counted on the authors' modules.
  for (const Row& row :
       {Row{"mfnet", 736275, 0, 266, 8.30}, Row{"rtfnet18", 30995525, 29064, 450, 31.20},
        Row{"rtfnet34", 51211845, 43912, 642, 53.85}, Row{"rtfnet50", 185238501, 145480, 846, 198.57},
        Row{"rtfnet101", 223222757, 249928, 1458, 244.02}, Row{"rtfnet152", 254510053, 342088, 2070, 289.48},
        Row{"cenet", 245114254, 164424, 878, 294.8}, Row{"eknet", 190460622, 101620, 559, 200.6}}) {
    INFO(row.model);
    const auto network = train::open_network(row.model, {}, queue_of(DeviceKind::cpu));
    const train::NetworkInfo info = train::inspect(*network->model, network->store, {480, 640});
    CHECK(info.parameters == row.parameters);
    if (row.buffers != 0) CHECK(info.buffers == row.buffers);
    CHECK(network->store.entries().size() == row.entries);
    // The last two are stated with one decimal.
    const double margin = row.entries == 878 || row.entries == 559 ? 0.05 : 0.005;
    CHECK(static_cast<double>(info.multiply_adds) / 1e9 == Approx(row.giga_multiply_adds).margin(margin));
  }
}

TEST_CASE("every network by every name runs at a narrow width on an image that is not square", "[sanitize]") {
  const auto queue = queue_of(DeviceKind::cpu);
  for (const std::string& name : models::model_names()) {
    if (name.find("101") != std::string::npos || name.find("152") != std::string::npos) continue;
    INFO(name);
    const auto network = train::open_network(name, {.classes = 5, .width = 0.125, .size = {32, 64}}, queue);
    const models::Inputs in{random_tensor(queue, {2, 3, 32, 64}, DType::f32, 1, 0, 1),
                            random_tensor(queue, {2, 1, 32, 64}, DType::f32, 2, 0, 1),
                            {}};
    CHECK((*network->model)(in, engine::nn::Mode::train).shape() == Shape{2, 5, 32, 64});
  }
}

TEST_CASE("every network of edges runs by its name, whatever the classes", "[sanitize]") {
  const auto queue = queue_of(DeviceKind::cpu);
  for (const std::string& name : models::edge_model_names()) {
    INFO(name);
    const auto network = train::open_network(name, {.classes = 5}, queue);
    const models::Inputs in{random_tensor(queue, {2, 3, 32, 48}, DType::f32, 1, 0, 1), {}, {}};
    CHECK((*network->model)(in, engine::nn::Mode::evaluate).shape() == Shape{2, 1, 32, 48});
  }
}

TEST_CASE("an unknown network is refused with the names that exist", "[sanitize]") {
  engine::nn::ParameterStore store(queue_of(DeviceKind::cpu));
  CHECK_THROWS_WITH(models::create("rtfnet19", store.root(), {}), Contains("rtfnet19") && Contains("rtfnet18"));
}

TEST_CASE("an image whose size does not fit is refused with both numbers", "[sanitize]") {
  const auto queue = queue_of(DeviceKind::cpu);
  const auto network = train::open_network("mfnet", {.width = 0.125}, queue);
  const models::Inputs in{
      random_tensor(queue, {1, 3, 40, 64}, DType::f32, 1), random_tensor(queue, {1, 1, 40, 64}, DType::f32, 2), {}};
  CHECK_THROWS_WITH((*network->model)(in, engine::nn::Mode::evaluate),
                    Contains("multiples of 16") && Contains("40x64"));
}

TEST_CASE("networks with position embeddings are made for one size of images, the others take any", "[sanitize]") {
  for (const char* name : {"cenet", "cenet_thermal", "eknet", "kdnet"}) CHECK(models::made_for_one_size(name));
  for (const char* name : {"mfnet", "rtfnet50_rgb", "pidinet_tiny"}) CHECK_FALSE(models::made_for_one_size(name));
}
