// SPDX-License-Identifier: Apache-2.0
#include "libpet/io/suv_sidecar.h"

#include <algorithm>
#include <cctype>

#include "libpet/io/detail/json.h"

namespace pet {
namespace {

std::string upper_case(std::string_view text) {
  std::string upper(text);
  std::ranges::transform(upper, upper.begin(), [](unsigned char c) { return static_cast<char>(std::toupper(c)); });
  return upper;
}

}  // namespace

std::string uptake_label(SuvType type) {
  return "SUV" + upper_case(name_of(type));
}

std::string suv_sidecar_text(const SuvImage& image, const Provenance& provenance) {
  detail::Json object = {{"Description", "standardised uptake value"},
                         {"SUVType", upper_case(name_of(image.type))},
                         {"Units", image.unit},
                         {"DecayCorrectionEvidence", image.evidence}};
  if (!image.warnings.empty()) object["Warnings"] = image.warnings;
  detail::add_provenance(object, provenance);
  return detail::text_of(object);
}

void require_derivative_dataset(const std::filesystem::path& root) {
  const auto description = detail::sidecar_if_present(root / "dataset_description.json");
  if (description && description->text("DatasetType").value_or("raw") != "derivative")
    throw UsageError("--output " + root.string() +
                     ": a dataset of raw data; uptake is derived, give a folder of its own");
}

}  // namespace pet
