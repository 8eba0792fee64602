// SPDX-License-Identifier: Apache-2.0
// Noise-free two-tissue curves with known truth against estimates computed independently by the simple conventions
// (mid-frame, no weights): they contain the bias of each method on purpose.
#include "kinetic_models/fit_table.h"
#include "kinetic_models/occupancy/from_binding.h"
#include "kinetic_models/occupancy/lassen_plot.h"
#include "kinetic_models/registry.h"
#include "libpet/io/input_function_file.h"
#include "libpet/io/tac_table_file.h"
#include "tests/validation/reference_data.h"

using namespace pet;

namespace {

struct Study {
  std::string folder;
  TacTable baseline;
  TacTable drug60;
  InputFunction input;
};

Study read_study(const std::string& folder) {
  const std::string a = folder + "/synthA/sub-synthA_";
  return {folder + "/synthA", read_tac_table(a + "ses-baseline_seg-synth_tacs.tsv"),
          read_tac_table(a + "ses-drug60_seg-synth_tacs.tsv"), read_input_function(a + "inputfunction.tsv")};
}

TableFit fit_model(const Study& study, const TacTable& tacs, const std::string& name) {
  const Model& model = find_model(name);
  TableFitOptions options;
  options.weights = WeightScheme::uniform;
  options.sampling = Sampling::midframe;
  if (model.t_star == Use::required) options.fit.t_star_min = 30.0;
  if (model.k2prime != Use::no) options.k2prime_region = "anterior_cingulate";
  if (model.needs_plasma()) return fit_regions(model, tacs, study.input, {}, options);
  return fit_regions(model, tacs, tacs.index_of("cerebellum"), {}, options);
}

struct Method {
  const char* model;
  const char* quantity;
  const char* column;
  double tolerance;
};

constexpr Method methods[] = {
    {"logan", "VT", "VT_logan_t30", 1e-3}, {"ma1", "VT", "VT_ma1_t30", 1e-3},
    {"srtm", "BPND", "SRTM_BPND", 5e-3},   {"mrtm", "BPND", "MRTM_BPND", 5e-3},
    {"mrtm2", "BPND", "MRTM2_BPND", 5e-3}, {"logan-ref", "BPND", "LoganRef_t30_BPND", 5e-3},
};

}  // namespace

TEST_CASE("Every method gives the independently computed estimate of the two-tissue curves", "[validation]") {
  const std::string folder = reference_folder("synthetic");
  if (folder.empty()) return;
  const Study study = read_study(folder);
  const Tsv expected = Tsv::read(study.folder + "/expected.tsv");
  std::size_t compared = 0;
  for (const Method& method : methods) {
    const TableFit baseline = fit_model(study, study.baseline, method.model);
    const TableFit drug60 = fit_model(study, study.drug60, method.model);
    for (std::size_t r = 0; r < expected.rows(); ++r) {
      const std::string scan = expected.cell(r, expected.column("scan"));
      const std::string region = expected.cell(r, expected.column("region"));
      const auto value = expected.number(r, expected.column(method.column));
      // The putamen's drug scan is the trap of the set: hardly determined, tested below.
      if (!value || (scan == "drug60" && region == "putamen")) continue;
      const TableFit& fits = scan == "baseline" ? baseline : drug60;
      CAPTURE(method.model, scan, region);
      CHECK(fits.fits[study.baseline.index_of(region)][method.quantity].value ==
            Approx(*value).epsilon(method.tolerance));
      ++compared;
    }
  }
  CHECK(compared == 94);
}

TEST_CASE("The poorly determined SRTM fit of the putamen warns", "[validation]") {
  // Its sum of squares falls all the way to the bound of BPND; a local minimum near the truth of .14 lies above it.
  const std::string folder = reference_folder("synthetic");
  if (folder.empty()) return;
  const Study study = read_study(folder);
  const Fit putamen = fit_model(study, study.drug60, "srtm").fits[study.drug60.index_of("putamen")];
  CHECK(putamen.status == FitStatus::at_bound);
  CHECK_FALSE(putamen.flags.empty());
}

TEST_CASE("With exact frame averages Logan and MA1 are no further from the truth than at mid-frame", "[validation]") {
  const std::string folder = reference_folder("synthetic");
  if (folder.empty()) return;
  const Study study = read_study(folder);
  for (const char* name : {"logan", "ma1"}) {
    TableFitOptions options;
    options.weights = WeightScheme::uniform;
    options.fit.t_star_min = 30.0;
    const TableFit exact = fit_regions(find_model(name), study.baseline, study.input, {}, options);
    const Fit& fit = exact.fits[study.baseline.index_of("orbitofrontal")];
    CAPTURE(name);
    // Truth 19.52; the rest is the bias of the method, which t* = 30 min has in a two-tissue curve.
    CHECK(std::abs(fit["VT"].value - 19.52) < 0.18);
  }
}

TEST_CASE("Occupancies from the estimates are those computed independently", "[validation]") {
  const std::string folder = reference_folder("synthetic");
  if (folder.empty()) return;
  const Study study = read_study(folder);
  const Tsv expected = Tsv::read(study.folder + "/expected_occupancy.tsv");
  for (const auto& [model, column] : {std::pair{"srtm", "SRTM"}, {"mrtm2", "MRTM2"}, {"logan-ref", "LoganRef_t30"}}) {
    const TableFit baseline = fit_model(study, study.baseline, model);
    const TableFit drug60 = fit_model(study, study.drug60, model);
    for (std::size_t r = 0; r < expected.rows(); ++r) {
      const std::string name = expected.cell(r, expected.column("region"));
      if (name == "putamen") continue;
      const std::size_t region = study.baseline.index_of(name);
      const Occupancy occupancy =
          occupancy_from_binding({baseline.fits[region]["BPND"].value}, {drug60.fits[region]["BPND"].value});
      CAPTURE(model, name);
      CHECK(occupancy.value == Approx(*expected.number(r, expected.column(column))).margin(0.003));
    }
  }
}

TEST_CASE("The Lassen plot of Logan volumes gives occupancy .602 and VND 8.002", "[validation]") {
  const std::string folder = reference_folder("synthetic");
  if (folder.empty()) return;
  const Study study = read_study(folder);
  std::vector<double> baseline;
  std::vector<double> drug;
  for (const Fit& fit : fit_model(study, study.baseline, "logan").fits) baseline.push_back(fit["VT"].value);
  for (const Fit& fit : fit_model(study, study.drug60, "logan").fits) drug.push_back(fit["VT"].value);
  const LassenPlot plot = lassen_plot(baseline, drug);
  CHECK(plot.occupancy == Approx(0.602237).margin(0.001));
  CHECK(plot.VND == Approx(8.00243).margin(0.01));
  CHECK(plot.status == FitStatus::ok);
}
