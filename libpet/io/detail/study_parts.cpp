// SPDX-License-Identifier: Apache-2.0
#include "libpet/io/detail/study_parts.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <chrono>
#include <cmath>
#include <set>

#include "libpet/error.h"
#include "libpet/io/detail/tracer_json.h"

namespace pet::detail {
namespace {

Vector3 vector_from(const JsonNode& node) {
  const std::vector<double> values = node.numbers(3);
  return {values[0], values[1], values[2]};
}

FengCurve feng_from(const JsonNode& node) {
  node.require_object({"A_kBq_per_mL", "lambda_per_min", "t0_min"});
  FengCurve curve;
  const std::vector<double> A = node.at("A_kBq_per_mL").numbers(3);
  const std::vector<double> lambda = node.at("lambda_per_min").numbers(3);
  for (std::size_t i = 0; i < 3; ++i) {
    if (!(A[i] >= 0.0 && A[i] <= 1e9)) throw node.at("A_kBq_per_mL").error("three numbers from 0 to 1e9");
    if (!(lambda[i] >= -1e3 && lambda[i] <= -1e-6))
      throw node.at("lambda_per_min").error("three numbers from -1000 to -0.000001");
    curve.A[i] = A[i];
    curve.lambda_per_min[i] = lambda[i];
  }
  // The first exponential must fall fastest, or the curve goes below zero.
  if (lambda[0] > lambda[1] || lambda[0] > lambda[2])
    throw node.at("lambda_per_min").error("a first rate that is not the fastest", "the most negative one first");
  curve.t0_min = node.at("t0_min").between(0.0, 60.0);
  return curve;
}

std::int64_t milliseconds_from(const JsonNode& node, double seconds) {
  const double milliseconds = std::round(seconds * 1000.0);
  if (std::abs(milliseconds - seconds * 1000.0) > 1e-6 || std::abs(milliseconds) > 1e9)
    throw node.error("whole milliseconds, less than 12 days");
  return static_cast<std::int64_t>(milliseconds);
}

}  // namespace

BloodDescription blood_from(const JsonNode& node) {
  node.require_object(
      {"feng", "parent_fraction", "plasma_to_blood_ratio", "sample_times_s", "sample_noise_percent", "notes"});
  BloodDescription blood;
  blood.parent_plasma = feng_from(node.at("feng"));
  if (const auto fraction = node.find("parent_fraction")) {
    fraction->require_object({"a", "b", "c_min"});
    blood.parent_fraction =
        HillParentFraction{fraction->at("a").between(0.001, 1.0), fraction->at("b").between(1.0, 20.0),
                           fraction->at("c_min").between(1e-3, 1e4)};
  }
  if (const auto ratio = node.find("plasma_to_blood_ratio")) blood.plasma_to_blood_ratio = ratio->between(0.1, 10.0);
  const JsonNode times = node.at("sample_times_s");
  for (const double seconds : times.numbers()) {
    const double minutes = static_cast<double>(milliseconds_from(times, seconds)) / 60000.0;
    if (minutes < 0.0 || (!blood.sample_times_min.empty() && minutes <= blood.sample_times_min.back()))
      throw times.error("times that do not increase", "increasing times, none negative");
    blood.sample_times_min.push_back(minutes);
  }
  if (const auto noise = node.find("sample_noise_percent")) blood.sample_noise = noise->between(0.0, 100.0) / 100.0;
  return blood;
}

Grid grid_from(const JsonNode& node) {
  node.require_object({"matrix", "voxel_mm", "brain", "background", "notes"});
  const std::vector<JsonNode> matrix = node.at("matrix").items("3 whole numbers");
  if (matrix.size() != 3) throw node.at("matrix").error("an array of 3 whole numbers");
  const Vector3 voxel = vector_from(node.at("voxel_mm"));
  Grid grid;
  for (std::size_t d = 0; d < 3; ++d) {
    if (!(voxel[d] >= 0.1 && voxel[d] <= 100.0)) throw node.at("voxel_mm").error("3 sizes from 0.1 to 100 mm");
    grid.size[d] = static_cast<int>(matrix[d].integer(1, 1024));
    grid.origin_mm[d] = -0.5 * (grid.size[d] - 1) * voxel[d];
    grid.axis_mm[d][d] = voxel[d];
  }
  return grid;
}

std::vector<Ellipsoid> ellipsoids_from(const JsonNode& node) {
  std::vector<Ellipsoid> ellipsoids;
  for (const JsonNode& item : node.items("ellipsoids")) {
    item.require_object({"centre_mm", "radii_mm", "mirror"});
    Ellipsoid ellipsoid{vector_from(item.at("centre_mm")), vector_from(item.at("radii_mm"))};
    for (std::size_t d = 0; d < 3; ++d) {
      if (!(std::abs(ellipsoid.centre_mm[d]) <= 1e4))
        throw item.at("centre_mm").error("three numbers from -1e4 to 1e4");
      if (!(ellipsoid.radii_mm[d] >= 1e-3 && ellipsoid.radii_mm[d] <= 1e4))
        throw item.at("radii_mm").error("three radii from 0.001 to 1e4");
    }
    if (const auto mirror = item.find("mirror")) ellipsoid.is_mirrored = mirror->boolean();
    ellipsoids.push_back(ellipsoid);
  }
  return ellipsoids;
}

Frames frames_from(const JsonNode& node) {
  node.require_object({"scan_start_s", "frames", "notes"});
  std::int64_t time = 0;
  if (const auto start = node.find("scan_start_s")) time = milliseconds_from(*start, start->number());
  std::vector<Frame> frames;
  for (const JsonNode& item : node.at("frames").items("[count, seconds] or {\"gap_s\": seconds}")) {
    if (item.is_object()) {
      item.require_object({"gap_s"});
      time += milliseconds_from(item.at("gap_s"), item.at("gap_s").positive());
      continue;
    }
    const std::vector<JsonNode> pair = item.items("count and seconds");
    if (pair.size() != 2) throw item.error("[count, seconds] or {\"gap_s\": seconds}");
    const std::int64_t count = pair[0].integer(1, 10000);
    const std::int64_t duration = milliseconds_from(pair[1], pair[1].positive());
    if (duration == 0) throw pair[1].error("at least a millisecond");
    for (std::int64_t i = 0; i < count; ++i, time += duration)
      frames.push_back({static_cast<double>(time) / 60000.0, static_cast<double>(time + duration) / 60000.0});
  }
  if (frames.empty()) throw node.at("frames").error("no frame", "at least one");
  if (frames.back().end_min <= 0.0) throw node.error("a scan that ends before the injection", "a later scan");
  return Frames(frames);
}

std::string date_time_from(const JsonNode& node) {
  const std::string text = node.text();
  constexpr std::string_view pattern = "dddd-dd-ddTdd:dd:dd";
  const auto complain = [&] { return node.error("a local time such as \"2026-01-31T23:30:00\""); };
  if (text.size() < pattern.size() || text.size() > pattern.size() + 4) throw complain();
  for (std::size_t i = 0; i < text.size(); ++i) {
    const bool is_digit = text[i] >= '0' && text[i] <= '9';
    const char wanted = i < pattern.size() ? pattern[i] : i == pattern.size() ? '.' : 'd';
    if (wanted == 'd' ? !is_digit : text[i] != wanted) throw complain();
  }
  const auto part = [&](std::size_t at, std::size_t digits) {
    int value = 0;
    std::from_chars(text.data() + at, text.data() + at + digits, value);
    return value;
  };
  const std::chrono::year_month_day date{std::chrono::year(part(0, 4)),
                                         std::chrono::month(static_cast<unsigned>(part(5, 2))),
                                         std::chrono::day(static_cast<unsigned>(part(8, 2)))};
  if (!date.ok() || part(0, 4) < 1900 || part(11, 2) > 23 || part(14, 2) > 59 || part(17, 2) > 59) throw complain();
  std::string complete = text.size() > pattern.size() ? text : text + ".";
  complete.resize(pattern.size() + 4, '0');
  return complete;
}

}  // namespace pet::detail
