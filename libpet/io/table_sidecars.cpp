// SPDX-License-Identifier: Apache-2.0
#include "libpet/io/detail/table_sidecars.h"

#include <algorithm>
#include <string>
#include <utility>

#include "libpet/io/detail/bids_name.h"
#include "libpet/io/detail/blood_recording.h"
#include "libpet/io/detail/delimited.h"
#include "libpet/io/detail/tac_assembly.h"
#include "libpet/io/detail/text_file.h"
#include "libpet/io/detail/tracer.h"
#include "libpet/io/sidecar.h"
#include "libpet/io/tsv.h"

namespace pet {
namespace detail {
namespace {

namespace fs = std::filesystem;

// The image's sidecar where the names leave no doubt, or where those in doubt say the same.
std::optional<Sidecar> image_sidecar(const fs::path& path) {
  std::optional<Sidecar> chosen;
  std::string said;
  for (const fs::path& candidate :
       companions(path, path.parent_path().empty() ? "." : path.parent_path(), "_pet.json")) {
    Sidecar sidecar(candidate);
    Json summary;
    add_tracer(summary, tracer_of(sidecar));
    summary["Units"] = sidecar.text("Units").value_or("");
    summary["Decay"] = {sidecar.boolean("ImageDecayCorrected").value_or(true),
                        sidecar.number("ImageDecayCorrectionTime").value_or(0.0),
                        sidecar.number("InjectionStart").value_or(0.0)};
    if (chosen && summary.dump() != said) return std::nullopt;
    said = summary.dump();
    if (!chosen) chosen = std::move(sidecar);
  }
  return chosen;
}

// A table of curves in another form than that of BIDS: PMOD, Turku, commas.
bool is_foreign_tac_table(const std::string& path) {
  const std::string text = read_text_file(path);
  return is_voistat(text) || is_pmod_table(text, path) || is_dft(text) || !is_tab_separated(text);
}

// The sidecars that the reader of a table or image takes, told by its columns.
std::vector<std::string> sidecars_of(const std::string& path) {
  std::vector<std::string> found;
  const bool is_image = path.ends_with(".nii") || path.ends_with(".nii.gz");
  if (!fs::is_regular_file(path)) return found;
  const bool is_blood = !is_image && is_pmod_blood(path);
  const bool is_foreign = !is_image && !is_blood && is_foreign_tac_table(path);
  const Tsv tsv = is_image || is_blood || is_foreign ? Tsv() : Tsv::read(path);
  if (is_image || is_blood || tsv.find("name")) {
    if (fs::is_regular_file(own_sidecar(path))) found.push_back(own_sidecar(path));
  } else if (tsv.find("time") && tsv.find("AIF")) {
    if (const auto sidecar = table_sidecar(path, "inputfunction.json")) found.push_back(sidecar->source());
  } else {
    for (const Sidecar& sidecar : tac_surroundings(path).sidecars) found.push_back(sidecar.source());
  }
  for (std::string& sidecar : found) sidecar = fs::path(sidecar).lexically_normal();
  return found;
}

}  // namespace

fs::path own_sidecar(const fs::path& path) {
  return without_extension(path).native() + ".json";
}

std::optional<Sidecar> table_sidecar(const fs::path& path, const char* shared) {
  if (auto sidecar = sidecar_if_present(own_sidecar(path))) return sidecar;
  return sidecar_if_present(path.parent_path() / shared);
}

TacSurroundings tac_surroundings(const fs::path& path, const fs::path& image_sidecar_path) {
  TacSurroundings found;
  if (auto sidecar = table_sidecar(path, "tacs.json")) found.sidecars.push_back(*std::move(sidecar));
  found.has_own = !found.sidecars.empty();
  if (!image_sidecar_path.empty())
    found.sidecars.emplace_back(image_sidecar_path);
  else if (auto sidecar = image_sidecar(path))
    found.sidecars.push_back(*std::move(sidecar));
  return found;
}

}  // namespace detail

std::vector<std::string> with_sidecars(const std::vector<std::string>& tables) {
  std::vector<std::string> files;
  const auto add = [&](const std::string& path) {
    if (std::find(files.begin(), files.end(), path) == files.end()) files.push_back(path);
  };
  for (const std::string& table : tables) {
    add(table);
    for (const std::string& sidecar : detail::sidecars_of(table)) add(sidecar);
  }
  return files;
}

std::vector<std::string> with_own_sidecar(const std::string& table) {
  const std::filesystem::path sidecar = detail::own_sidecar(table);
  if (!std::filesystem::is_regular_file(sidecar)) return {table};
  return {table, sidecar.lexically_normal().string()};
}

std::string units_of_column(const std::string& table, const std::string& column) {
  const auto sidecar = detail::sidecar_if_present(detail::own_sidecar(table));
  if (!sidecar) return "";
  const std::string unit = sidecar->text(column + "/Units").value_or("");
  return unit == "unknown" ? "" : unit;
}

}  // namespace pet
