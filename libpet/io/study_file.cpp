// SPDX-License-Identifier: Apache-2.0
#include "libpet/io/study_file.h"

#include <algorithm>

#include "libpet/data_folder.h"
#include "libpet/error.h"
#include "libpet/io/detail/study_parts.h"
#include "libpet/io/detail/tracer_json.h"
#include "libpet/io/tracer_file.h"

namespace pet {
namespace {

using detail::JsonNode;

Tracer tracer_of(const JsonNode& node) {
  if (node.is_object()) return detail::tracer_from(node);
  try {
    return find_tracer(node.text(), data_folder() / "tracers");
  } catch (const UsageError& error) {
    throw InputError(node.where() + ": " + error.what());
  }
}

// The name of a region that exists.
std::string region_name(const JsonNode& node, const Study& study) {
  try {
    return study.region(node.text()).name;
  } catch (const UsageError& error) {
    throw InputError(node.where() + ": " + error.what());
  }
}

NoiseDescription noise_from(const JsonNode& node, const Study& study) {
  node.require_object({"alpha", "voxel_cv_percent", "frame", "region"});
  NoiseDescription noise;
  if (const auto alpha = node.find("alpha")) {
    if (node.has("voxel_cv_percent") || node.has("frame") || node.has("region"))
      throw node.error("\"alpha\" beside other keys", "either alpha, or voxel_cv_percent with frame and region");
    noise.alpha = alpha->between(0.0, 1e6);
    return noise;
  }
  noise.cv = node.at("voxel_cv_percent").between(0.0, 1000.0) / 100.0;
  const auto frames = static_cast<std::int64_t>(study.frames.size());
  noise.frame = static_cast<std::size_t>(node.at("frame").integer(1, frames) - 1);
  noise.region = region_name(node.at("region"), study);
  return noise;
}

void read_sessions(const JsonNode& node, Study& study) {
  for (const JsonNode& item : node.items("sessions")) {
    StudySession session = detail::session_from(item, study);
    for (const StudySession& other : study.sessions)
      if (other.label == session.label) throw item.at("label").error("a label no other session has");
    study.sessions.push_back(std::move(session));
  }
}

// Limits of what is written: an image index is a 16-bit number in DICOM; a billion voxel values are 4 GB; noise grows
// without bound with the number of half-lives.
void check_size(const JsonNode& root, const Study& study) {
  const std::size_t images = study.frames.size() * static_cast<std::size_t>(study.grid.size[2]);
  if (images > 65535)
    throw root.error(std::to_string(images) + " slices in all frames", "at most 65535, what a DICOM series can count");
  const std::size_t values = study.frames.size() * study.grid.voxel_count();
  if (values > 1000000000) throw root.error(std::to_string(values) + " voxels in all frames", "at most 1000000000");
  if (study.frames.back().end_min > 50.0 * study.tracer.half_life_min)
    throw root.at("framing").error("a scan that ends more than 50 half-lives after the injection", "a shorter one");
}

void read_regions(const JsonNode& root, Study& study) {
  study.regions = detail::regions_from(root.at("regions"), root.find("kinetics"));
  const JsonNode reference = root.at("reference_region");
  study.reference_region = region_name(reference, study);
  if (study.region(study.reference_region).label == 0) throw reference.error("a region with a label other than 0");
  const JsonNode image = root.at("image");
  study.grid = detail::grid_from(image);
  study.brain = detail::ellipsoids_from(image.at("brain"));
  study.background = region_name(image.at("background"), study);
  for (const StudyRegion& region : study.regions)
    if (region.ellipsoids.empty() && region.name != study.background)
      throw root.at("regions").error("region '" + region.name + "' without ellipsoids", "some");
}

}  // namespace

Study read_study(const std::string& path) {
  const nlohmann::json json = detail::parse_json_file(path);
  const JsonNode root(json, path);
  root.require_object({"schema_version", "title", "subject", "seed", "tracer", "injected_activity_MBq",
                       "body_weight_kg", "input_function", "kinetics", "reference_region", "image", "regions",
                       "framing", "noise", "sessions", "sources", "notes"});
  root.at("schema_version").integer(1, 1);
  Study study;
  study.title = root.at("title").text();
  study.subject = detail::label_from(root.at("subject"));
  study.seed = static_cast<std::uint64_t>(root.at("seed").integer(0, INT64_MAX));
  study.tracer = tracer_of(root.at("tracer"));
  study.injected_activity_MBq = root.at("injected_activity_MBq").between(1e-6, 1e6);
  study.body_weight_kg = root.at("body_weight_kg").between(0.01, 500.0);
  study.blood = detail::blood_from(root.at("input_function"));
  read_regions(root, study);
  study.frames = detail::frames_from(root.at("framing"));
  check_size(root, study);
  study.noise = noise_from(root.at("noise"), study);
  read_sessions(root.at("sessions"), study);
  if (const auto sources = root.find("sources")) study.sources = detail::sources_from(*sources);
  if (const auto notes = root.find("notes")) study.notes = detail::notes_from(*notes);
  return study;
}

}  // namespace pet
