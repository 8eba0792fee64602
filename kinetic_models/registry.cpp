// SPDX-License-Identifier: Apache-2.0
#include "kinetic_models/registry.h"

#include <array>
#include <vector>

#include "kinetic_models/displacement.h"
#include "kinetic_models/frtm.h"
#include "kinetic_models/logan.h"
#include "kinetic_models/logan_ref.h"
#include "kinetic_models/lp_ntpet.h"
#include "kinetic_models/ma1.h"
#include "kinetic_models/ma2.h"
#include "kinetic_models/mrtm.h"
#include "kinetic_models/mrtm0.h"
#include "kinetic_models/mrtm2.h"
#include "kinetic_models/one_tissue.h"
#include "kinetic_models/patlak.h"
#include "kinetic_models/patlak_ref.h"
#include "kinetic_models/sime.h"
#include "kinetic_models/spectral.h"
#include "kinetic_models/srtm.h"
#include "kinetic_models/srtm2.h"
#include "kinetic_models/srtm_v.h"
#include "kinetic_models/suvr.h"
#include "kinetic_models/two_tissue.h"
#include "kinetic_models/two_tissue_irreversible.h"
#include "kinetic_models/two_tissue_vnd.h"
#include "libpet/error.h"

namespace pet {
namespace {

constexpr std::array all = {
    // reference region
    &srtm,
    &srtm2,
    &frtm,
    &srtm_v,
    &mrtm0,
    &mrtm,
    &mrtm2,
    &logan_ref,
    &patlak_ref,
    &suvr,
    // within one scan
    &lp_ntpet,
    &displacement,
    // plasma
    &one_tissue,
    &two_tissue,
    &two_tissue_irreversible,
    &two_tissue_vnd,
    &sime,
    &logan,
    &ma1,
    &ma2,
    &patlak,
    &spectral,
};

}  // namespace

std::span<const Model* const> models() {
  return all;
}

const Model& find_model(std::string_view name) {
  std::vector<std::string> names;
  for (const Model* model : all) {
    if (model->name == name) return *model;
    names.emplace_back(model->name);
  }
  throw UsageError("no model '" + std::string(name) + "'" + suggestion(name, names));
}

std::string model_names() {
  std::string names;
  for (const Model* model : all) {
    if (!names.empty()) names += ", ";
    names += model->name;
  }
  return names;
}

}  // namespace pet
