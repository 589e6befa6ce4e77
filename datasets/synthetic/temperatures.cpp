// SPDX-License-Identifier: Apache-2.0
// Surface temperatures of the street scenes in degrees Celsius, from the air temperature, the sun and the time of day.
// Contrasts of roadside things are small on purpose: thermal images alone must not show everything.
#include "datasets/synthetic/appearance.h"

namespace datasets::synthetic {
namespace {

class Thermometer {
 public:
  Thermometer(kernels::RandomStream& random, double contrast, const Appearance& appearance)
      : random_(random),
        contrast_(static_cast<float>(contrast)),
        day_(!appearance.night),
        air_(appearance.air),
        sun_(appearance.sun) {
    asphalt_ = air_ + (day_ ? warmed(2, 6, 4, 12) : draw(1, 5));
  }

  float asphalt() const { return asphalt_; }

  void measure(const Object& object, Finish* finish) {
    for (int part = 0; part < part_count; ++part) finish[part].temperature = air_ + draw(-1, 1);
    const auto at = [&](Part part) -> float& {
      return finish[static_cast<int>(part)].temperature;
    };
    switch (object.kind) {
      case ObjectKind::ground:
        at(Part::main) = asphalt_;
        at(Part::patch) = asphalt_ + (day_ ? draw(0, 2) : draw(-0.4, 0.8));
        at(Part::second) = asphalt_ - (day_ ? draw(1, 5) : draw(0.3, 2));
        at(Part::third) = asphalt_ - (day_ ? draw(0.5, 2.5) : draw(0, 0.4));
        at(Part::bag) = air_ + (day_ ? draw(0, 4) : draw(-2, 0));
        at(Part::metal) = asphalt_ + draw(-1, 4);
        break;
      case ObjectKind::building:
      case ObjectKind::fence: {
        const float wall = air_ + (day_ ? warmed(1, 4, 0, 9) : draw(0, 3));
        at(Part::main) = wall;
        at(Part::second) = wall + draw(-1, 1);
        at(Part::third) = wall + draw(-2, 2);
        at(Part::glass) = wall + (day_ ? draw(-4, 2) : draw(0, 5));
        break;
      }
      case ObjectKind::tree:
      case ObjectKind::hedge:
        at(Part::main) = day_ ? air_ + draw(-1, 2) : air_ - draw(0.3, 2);
        at(Part::second) = air_ + (day_ ? draw(0, 3) : draw(-0.5, 1.5));
        break;
      case ObjectKind::car:
        measure_car(object, at);
        break;
      case ObjectKind::person:
      case ObjectKind::rider:
        measure_person(at);
        break;
      case ObjectKind::bicycle:
        fill(finish, day_ ? air_ + draw(0, 6) : air_ + draw(-1.5, 2));
        break;
      case ObjectKind::kerb: {
        const float difference = day_ ? -draw(1.2, 5) : random_.chance(0.3) ? draw(0.3, 1.5) : draw(-1.8, -0.4);
        fill(finish, asphalt_ + contrast_ * difference);
        break;
      }
      case ObjectKind::car_stop:
        fill(finish, asphalt_ + contrast_ * (day_ ? draw(-5, 2) : draw(-2, 1)));
        break;
      case ObjectKind::guardrail:
        fill(finish, air_ + contrast_ * (day_ ? draw(-4, 6) : draw(-5, -1)));
        break;
      case ObjectKind::cone:
        fill(finish, air_ + contrast_ * (day_ ? draw(0, 5) : draw(-1.5, 1)));
        break;
      case ObjectKind::bump:
        fill(finish, asphalt_ + contrast_ * (day_ ? draw(1, 5) : draw(-1.5, 1.5)));
        break;
      case ObjectKind::vent:
      case ObjectKind::warm_box: {
        const float warm = random_.chance(0.5) ? std::max(draw(24, 34), air_) : air_ + draw(3, 8);
        fill(finish, warm);
        if (object.kind == ObjectKind::warm_box) at(Part::main) = warm - draw(0, 3);
        break;
      }
      case ObjectKind::crate: {
        const float base = air_ + draw(0, 5);
        at(Part::main) = base;
        for (const Part part : {Part::second, Part::third, Part::bag, Part::patch, Part::metal, Part::plate}) {
          const float main = finish[static_cast<int>(Part::main)].albedo.y,
                      own = finish[static_cast<int>(part)].albedo.y;
          const float sign = (own < main ? -1.0f : 1.0f) * (random_.chance(0.3) ? -1.0f : 1.0f);  // 30 % are reversed.
          const float difference = sign * draw(1.5, 5);
          at(part) = base + (own != main && random_.chance(0.1) ? 0.0f : difference);  // A tenth is paint alone.
        }
        break;
      }
      case ObjectKind::lamp:
        at(Part::lamp) = !day_ && object.active ? air_ + draw(10, 25) : at(Part::metal);
        break;
      case ObjectKind::traffic_light:
        at(Part::dark) = air_ + draw(1, 6);
        break;
      case ObjectKind::bin:
        fill(finish, air_ + (day_ ? warmed(0, 5, 0, 5) : draw(-1, 2)));
        break;
      case ObjectKind::pole:
      case ObjectKind::sign:
      case ObjectKind::orange_sign:
      case ObjectKind::fire_extinguisher:
      case ObjectKind::hand_drill:
        fill(finish, day_ ? air_ + draw(0, 4) : air_ + draw(-2, 0.5));
        break;
    }
  }

 private:
  // One draw per expression: the order of operands is the compiler's choice.
  float draw(double low, double high) { return static_cast<float>(random_.uniform(low, high)); }
  // Above the air by day: what any weather gives, and what the sun adds.
  float warmed(double low, double high, double sun_low, double sun_high) {
    const float base = draw(low, high);
    return base + sun_ * draw(sun_low, sun_high);
  }
  void fill(Finish* finish, float temperature) {
    for (int part = 0; part < part_count; ++part) finish[part].temperature = temperature;
  }

  template <class At>
  void measure_car(const Object& car, const At& at) {
    const float body = air_ + (day_ ? warmed(1, 4, 3, 16) : draw(-2.5, 0.5));
    at(Part::main) = at(Part::plate) = body;
    at(Part::taillight) = body + draw(0, 1);
    at(Part::engine) = at(Part::headlight) = body + (car.active ? draw(5, 18) : 0.0f);
    at(Part::dark) = at(Part::metal) = car.active ? air_ + draw(6, 22) : air_ + (day_ ? draw(0, 4) : draw(-0.5, 1.5));
    at(Part::metal) = at(Part::metal) * 0.6f + body * 0.4f;
    at(Part::glass) = day_ ? air_ - draw(0, 6) : air_ - draw(2, 7);
  }

  template <class At>
  void measure_person(const At& at) {
    const float frost = air_ < 8 ? draw(0, 4) : 0.0f, skin = draw(30, 34) - frost;
    const auto cloth = [&](double low, double high) {
      return air_ + (33.0f - air_) * draw(low, high);
    };
    at(Part::main) = cloth(0.25, 0.60);
    at(Part::second) = cloth(0.25, 0.55);
    at(Part::third) = cloth(0.10, 0.40);
    at(Part::skin) = skin;
    at(Part::hair) = cloth(0.45, 0.70);
    at(Part::bag) = cloth(0.05, 0.30);
  }

  kernels::RandomStream& random_;
  float contrast_;
  bool day_;
  float air_, sun_, asphalt_;
};

}  // namespace

void choose_temperatures(const World& world, kernels::RandomStream& random, double contrast, Appearance& appearance) {
  Thermometer thermometer(random, contrast, appearance);
  for (std::size_t i = 0; i < world.objects.size(); ++i)
    thermometer.measure(world.objects[i], appearance.finishes.data() + i * part_count);
}

}  // namespace datasets::synthetic
