// SPDX-License-Identifier: Apache-2.0
#include "libpet/study.h"

#include <cmath>

#include "libpet/error.h"

namespace pet {
namespace {

bool is_inside(const Ellipsoid& ellipsoid, double x, const Vector3& position_mm) {
  const double a = (x - ellipsoid.centre_mm[0]) / ellipsoid.radii_mm[0];
  const double b = (position_mm[1] - ellipsoid.centre_mm[1]) / ellipsoid.radii_mm[1];
  const double c = (position_mm[2] - ellipsoid.centre_mm[2]) / ellipsoid.radii_mm[2];
  return a * a + b * b + c * c <= 1.0;
}

}  // namespace

bool Ellipsoid::contains(const Vector3& position_mm) const {
  return is_inside(*this, position_mm[0], position_mm) ||
         (is_mirrored && is_inside(*this, -position_mm[0], position_mm));
}

std::string name_of(TissueModel model) {
  switch (model) {
    case TissueModel::one_tissue:
      return "1tcm";
    case TissueModel::two_tissue:
      return "2tcm";
    case TissueModel::srtm:
      return "srtm";
  }
  return "";
}

const StudyRegion& Study::region(const std::string& name) const {
  std::vector<std::string> names;
  for (const StudyRegion& candidate : regions) {
    if (candidate.name == name) return candidate;
    names.push_back(candidate.name);
  }
  throw UsageError("no region '" + name + "'" + suggestion(name, names));
}

}  // namespace pet
