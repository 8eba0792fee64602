// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <string>

namespace pet::test {

/// A small valid study: two regions and a background, one session across midnight, one with a drug.
inline nlohmann::json small_study() {
  return nlohmann::json::parse(R"({
    "schema_version": 1, "title": "small", "subject": "01", "seed": 7,
    "tracer": {"schema_version": 1, "name": "[11C]X", "label": "X", "radionuclide": "C11", "half_life_s": 1200,
      "target": "T", "action": "agonist", "endpoint": "occupancy", "models": ["srtm"], "scan_min": 10},
    "injected_activity_MBq": 400, "body_weight_kg": 70,
    "input_function": {"feng": {"A_kBq_per_mL": [500, 12, 3.5], "lambda_per_min": [-5, -0.25, -0.012], "t0_min": 0.5},
      "sample_times_s": [0, 30, 60, 600], "sample_noise_percent": 2},
    "image": {"matrix": [10, 12, 6], "voxel_mm": [4, 4, 5], "background": "rest",
      "brain": [{"centre_mm": [0, 0, 0], "radii_mm": [18, 22, 14]}]},
    "kinetics": {"model": "2tcm", "VND": 8, "k4": 0.06, "assumed": ["k4"]},
    "reference_region": "cerebellum",
    "regions": [
      {"name": "rest", "label": 0, "model": "1tcm", "K1": 0.2},
      {"name": "cortex", "label": 2, "K1": 0.35, "BPND": 1.5,
       "ellipsoids": [{"centre_mm": [10, 0, 0], "radii_mm": [6, 10, 8], "mirror": true}]},
      {"name": "cerebellum", "label": 1, "model": "1tcm", "K1": 0.33, "assumed": ["K1"],
       "ellipsoids": [{"centre_mm": [0, 14, 0], "radii_mm": [8, 6, 8]}]}],
    "framing": {"scan_start_s": 0, "frames": [[6, 10], {"gap_s": 60}, [4, 120]]},
    "noise": {"alpha": 0.5},
    "sessions": [
      {"label": "baseline", "injection": "2026-01-31T23:55:00"},
      {"label": "drug", "injection": "2026-02-02T09:00:00.5", "K1_factor": 0.9, "injected_activity_MBq": 200,
       "drug": {"name": "d", "dose": 5, "dose_unit": "mg", "plasma_concentration": 6, "concentration_unit": "ug/L",
                "EC50": 2, "Omax": 0.8}}]
  })");
}

/// Writes the study to a file of the temporary folder, of this process alone, and returns its path.
inline std::string written(const nlohmann::json& study, const std::string& name = "study") {
  const auto path =
      std::filesystem::temp_directory_path() / ("occupet-" + std::to_string(getpid()) + "-" + name + ".json");
  std::ofstream(path) << study.dump(1);
  return path.string();
}

}  // namespace pet::test
