// SPDX-License-Identifier: Apache-2.0
#include "models/create.h"

#include <fmt/ranges.h>

#include <functional>

#include "kernels/error.h"
#include "models/cenet.h"
#include "models/eknet.h"
#include "models/mfnet.h"
#include "models/pidinet.h"
#include "models/rtfnet.h"

namespace models {

namespace {

using Constructor = std::function<std::unique_ptr<SegmentationModel>(const Scope&, const ModelOptions&, Spectra)>;

using View = std::pair<std::string, Spectra>;  // What stands behind the name, and what it makes the network see.

const std::vector<View>& all_views() {
  static const std::vector<View> all{{"", Spectra::both},
                                     {"_rgb", Spectra::rgb},
                                     {"_thermal", Spectra::thermal},
                                     {"_4channel", Spectra::four_channels}};
  return all;
}

struct Family {
  std::string name;
  Constructor construct;
  std::vector<View> views = all_views();
  enum class Finds { classes, edges } finds = Finds::classes;
  enum class Sizes { any, one } sizes = Sizes::any;
};

// PiDiNet's three sizes differ in their channels; the smallest has published numbers to be held against.
Family pidinet_tiny() {
  return {"pidinet_tiny",
          [](const Scope& at, const ModelOptions& o, Spectra) {
            return std::make_unique<PiDiNet>(at, PiDiNet::Options{.width = o.width});
          },
          {{"", Spectra::rgb}},
          Family::Finds::edges};
}

Family rtfnet(int depth) {
  return {"rtfnet" + std::to_string(depth), [depth](const Scope& at, const ModelOptions& o, Spectra spectra) {
            return std::make_unique<RTFNet>(
                at, RTFNet::Options{.depth = depth, .classes = o.classes, .width = o.width, .spectra = spectra});
          }};
}

Family eknet(const std::string& name, EKNet::Enhancement enhancement) {
  return {name,
          [enhancement](const Scope& at, const ModelOptions& o, Spectra) {
            return std::make_unique<EKNet>(at, EKNet::Options{.classes = o.classes,
                                                              .width = o.width,
                                                              .size = o.size,
                                                              .enhancement = enhancement,
                                                              .lambda = o.lambda});
          },
          {{"", Spectra::thermal}},
          Family::Finds::classes,
          Family::Sizes::one};
}

const std::vector<Family>& families() {
  static const std::vector<Family> all{
      {"mfnet",
       [](const Scope& at, const ModelOptions& o, Spectra spectra) {
         return std::make_unique<MFNet>(at, MFNet::Options{.classes = o.classes, .width = o.width, .spectra = spectra});
       }},
      rtfnet(18),
      rtfnet(34),
      rtfnet(50),
      rtfnet(101),
      rtfnet(152),
      {"cenet",
       [](const Scope& at, const ModelOptions& o, Spectra spectra) {
         return std::make_unique<CENet>(at, CENet::Options{.classes = o.classes,
                                                           .width = o.width,
                                                           .spectra = spectra,
                                                           .size = o.size,
                                                           .edge = edge_position(o.edge_position)});
       },
       all_views(), Family::Finds::classes, Family::Sizes::one},
      eknet("eknet", EKNet::Enhancement::present),
      eknet("kdnet", EKNet::Enhancement::absent),
      pidinet_tiny()};
  return all;
}

std::vector<std::string> names_of(Family::Finds finds) {
  std::vector<std::string> names;
  for (const Family& family : families())
    for (const auto& [suffix, spectra] : family.views)
      if (family.finds == finds) names.push_back(family.name + suffix);
  return names;
}

std::pair<const Family*, Spectra> find(const std::string& name) {
  for (const Family& family : families())
    for (const auto& [suffix, spectra] : family.views)
      if (name == family.name + suffix) return {&family, spectra};
  throw kernels::UsageError("--model {}: no such network; there are {}, and for edges {}", name,
                            fmt::join(model_names(), ", "), fmt::join(edge_model_names(), ", "));
}

}  // namespace

std::unique_ptr<SegmentationModel> create(const std::string& name, const Scope& at, const ModelOptions& options) {
  if (options.classes < 2) throw kernels::UsageError("--classes {}: expected at least 2", options.classes);
  if (!(options.width > 0)) throw kernels::UsageError("--width {}: expected a positive factor", options.width);
  const auto [family, spectra] = find(name);
  return family->construct(at, options, spectra);
}

std::vector<std::string> model_names() {
  return names_of(Family::Finds::classes);
}

std::vector<std::string> edge_model_names() {
  return names_of(Family::Finds::edges);
}

Spectra spectra_of(const std::string& name) {
  return find(name).second;
}

bool made_for_one_size(const std::string& name) {
  return find(name).first->sizes == Family::Sizes::one;
}

}  // namespace models
