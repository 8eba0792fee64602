// SPDX-License-Identifier: Apache-2.0
#include "libpet/io/bids_pet.h"

#include <catch2/catch.hpp>
#include <cmath>
#include <nlohmann/json.hpp>

#include "libpet/error.h"

using namespace pet;
using nlohmann::json;

namespace {

using Found = DecayCorrection::Found;

// Frames of 60 and 120 s that begin 30 s after an injection at 23:59:30.
DynamicImage image() {
  DynamicImage image;
  image.grid = {{2, 1, 1}, {0, 0, 0}, {{{1, 0, 0}, {0, 1, 0}, {0, 0, 1}}}};
  image.frames = Frames({{0.5, 1.5}, {1.5, 3.5}});
  image.voxels = {1, 2, 3, 4};
  image.unit = ActivityUnit::kBq_per_mL;
  image.tracer = {.name = "[11C]X",
                  .radionuclide = "C11",
                  .half_life_min = 20.4,
                  .injected_activity_MBq = 370.0,
                  .injected_mass_ug = {},
                  .molar_activity_GBq_per_umol = 100.0};
  image.time_zero = "2026-01-31T23:59:30.000";
  image.decay = {Found::start, 0.5, {std::exp2(0.5 / 20.4)}, ""};
  return image;
}

ScanDescription scan() {
  ScanDescription scan;
  scan.manufacturer = "SIEMENS";
  scan.model_name = "1094";
  scan.scan_start = "2026-02-01T00:00:00.000";
  scan.reconstruction = "PSF+TOF 2i21s";
  scan.convolution_kernel = "XYZ Gauss2.00";
  scan.corrections = "NORM\\DTIM\\ATTN\\SCAT\\RAN\\DECY";
  return scan;
}

PetSidecar sidecar(const DynamicImage& image, const ScanDescription& scan, const std::string& given = "{}") {
  return pet_sidecar(image, scan, given, {});
}

}  // namespace

TEST_CASE("A sidecar says when the scanner's decay correction refers to", "[bids]") {
  const json start = json::parse(sidecar(image(), scan()).text);
  CHECK(start["ImageDecayCorrected"] == true);
  CHECK(start["ImageDecayCorrectionTime"] == 30.0);  // the start of the scan
  const double lambda = std::log(2.0) / (20.4 * 60.0);
  for (const auto& [frame, begin, length] : {std::tuple{0, 30.0, 60.0}, {1, 90.0, 120.0}})
    CHECK(start["DecayCorrectionFactor"][static_cast<std::size_t>(frame)].get<double>() ==
          Approx(std::exp(lambda * (begin - 30.0)) * lambda * length / (1.0 - std::exp(-lambda * length)))
              .epsilon(1e-10));

  DynamicImage at_injection = image();
  at_injection.decay = {Found::administration, 0.0, {1.0}, ""};
  CHECK(json::parse(sidecar(at_injection, scan()).text)["ImageDecayCorrectionTime"] == 0.0);

  DynamicImage uncorrected = image();
  uncorrected.decay = {Found::none, std::nullopt, {1.1, 1.2}, ""};
  const PetSidecar none = sidecar(uncorrected, scan());
  CHECK(json::parse(none.text)["ImageDecayCorrected"] == false);
  CHECK_FALSE(json::parse(none.text).contains("ImageDecayCorrectionTime"));
  CHECK(std::ranges::count(none.missing, "ImageDecayCorrectionTime") == 1);
}

TEST_CASE("Times of a sidecar count from injection over midnight", "[bids]") {
  ScanDescription infusion = scan();
  infusion.injection_stop = "2026-02-01T00:00:15.000";
  const json object = json::parse(sidecar(image(), infusion).text);
  CHECK(object["TimeZero"] == "23:59:30");
  CHECK(object["ScanStart"] == 30.0);
  CHECK(object["InjectionStart"] == 0);
  CHECK(object["InjectionEnd"] == 45.0);
  CHECK(object["FrameTimesStart"] == json({30.0, 90.0}));
  CHECK(object["FrameDuration"] == json({60.0, 120.0}));
}

TEST_CASE("Without an injection time the clock is that of the scan, and the injection is missing", "[bids]") {
  DynamicImage unknown = image();
  unknown.time_zero.clear();
  unknown.frames = Frames({{0.0, 1.0}, {1.0, 3.0}});
  const PetSidecar result = sidecar(unknown, scan());
  const json object = json::parse(result.text);
  CHECK(object["TimeZero"] == "00:00:00");
  CHECK(object["ScanStart"] == 0.0);
  CHECK_FALSE(object.contains("InjectionStart"));
  CHECK(std::ranges::count(result.missing, "InjectionStart") == 1);
}

TEST_CASE("A sidecar tells reconstruction and corrections as far as the header does", "[bids]") {
  const json object = json::parse(sidecar(image(), scan()).text);
  CHECK(object["ReconMethodName"] == "PSF+TOF");
  CHECK(object["ReconMethodParameterLabels"] == json({"iterations", "subsets"}));
  CHECK(object["ReconMethodParameterValues"] == json({2, 21}));
  CHECK(object["ReconFilterType"] == "XYZ Gauss");
  CHECK(object["ReconFilterSize"] == 2.0);
  CHECK(object["AttenuationCorrection"].get<std::string>().starts_with("corrected"));
  ScanDescription silent = scan();
  silent.reconstruction = silent.convolution_kernel = silent.corrections = "";
  const PetSidecar result = sidecar(image(), silent);
  for (const char* key : {"ReconMethodName", "ReconMethodParameterLabels", "ReconFilterType", "AttenuationCorrection"})
    CHECK(std::ranges::count(result.missing, key) == 1);
}

TEST_CASE("A bolus with infusion asks for the infusion", "[bids]") {
  const PetSidecar result = sidecar(image(), scan(), R"({"ModeOfAdministration": "bolus-infusion"})");
  CHECK(result.missing == std::vector<std::string>{"AcquisitionMode", "InfusionRadioactivity", "InfusionStart",
                                                   "InfusionSpeed", "InfusionSpeedUnits", "InjectedVolume"});
}

TEST_CASE("A nuclide that contradicts the half-life is refused", "[bids]") {
  CHECK_THROWS_AS(sidecar(image(), scan(), R"({"TracerRadionuclide": "F18"})"), InputError);
}

TEST_CASE("Texts of reconstructions are split into method and parameters", "[bids]") {
  const auto counts = [](const std::string& text) { return parse_reconstruction(text).values; };
  CHECK(counts("OSEM 2i8s") == std::vector<double>{2, 8});
  CHECK(counts("OP-OSEM3i21s") == std::vector<double>{3, 21});
  CHECK(parse_reconstruction("OP-OSEM3i21s").name == "OP-OSEM");
  CHECK(counts("OSEM3D 4 iterations 14 subsets") == std::vector<double>{4, 14});
  CHECK(parse_reconstruction("VPFX").labels.empty());
  CHECK(parse_reconstruction("VPFX").name == "VPFX");
  CHECK(parse_reconstruction("3D Kinahan - Rogers (3DRP)").labels == std::vector<std::string>{"none"});
  CHECK(parse_reconstruction("FBP").labels == std::vector<std::string>{"none"});
  CHECK(parse_reconstruction("").labels.empty());
}

TEST_CASE("Texts of filters are split into type and size", "[bids]") {
  CHECK(parse_filter("XYZ Gauss2.00").type == "XYZ Gauss");
  CHECK(parse_filter("XYZ Gauss2.00").size_mm == 2.0);
  CHECK(parse_filter("GAUSSIAN 5.5 mm").size_mm == 5.5);
  CHECK(parse_filter("All-pass").type == "none");
  CHECK_FALSE(parse_filter("Hann").size_mm);
  CHECK(parse_filter("").type.empty());
}

TEST_CASE("Names of BIDS have their entities in order", "[bids]") {
  const BidsEntities all = {"01", "a", "rest", "X", "acdyn", "2"};
  CHECK(bids_pet_path(all) == "sub-01/ses-a/pet/sub-01_ses-a_task-rest_trc-X_rec-acdyn_run-2_pet");
  CHECK(bids_pet_path({.subject = "01", .session = {}, .task = {}, .tracer = {}, .reconstruction = {}, .run = {}}) ==
        "sub-01/pet/sub-01_pet");
  CHECK(bids_pet_path({.subject = "01",
                       .session = {},
                       .task = {},
                       .tracer = {},
                       .reconstruction = {},
                       .run = {},
                       .description = "SUVBW"}) == "sub-01/pet/sub-01_desc-SUVBW_pet");
  CHECK_THROWS_AS(bids_pet_path({}), UsageError);
  CHECK(tracer_label("[11C]Cimbi-36") == "CIMBI36");  // has a description
  CHECK(tracer_label("[11C]Nobody-7") == "11CNobody7");
}
