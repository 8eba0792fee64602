// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <vector>

#include "libpet/io/detail/json_node.h"
#include "libpet/study.h"

namespace pet::detail {

BloodDescription blood_from(const JsonNode& node);
Grid grid_from(const JsonNode& node);
std::vector<Ellipsoid> ellipsoids_from(const JsonNode& node);
/// `defaults` may hold the keys a region leaves out.
std::vector<StudyRegion> regions_from(const JsonNode& node, const std::optional<JsonNode>& defaults);
Frames frames_from(const JsonNode& node);
StudySession session_from(const JsonNode& node, const Study& study);
/// "2026-01-31T23:30:00" with up to three decimals of a second; returned with three.
std::string date_time_from(const JsonNode& node);

}  // namespace pet::detail
