// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <nlohmann/json.hpp>

#include "kinetic_models/registry.h"
#include "libpet/data_folder.h"
#include "libpet/error.h"
#include "libpet/io/bids_pet.h"
#include "libpet/io/detail/text_file.h"
#include "libpet/io/input_function_file.h"
#include "libpet/io/tac_table_file.h"
#include "libpet/io/tracer_file.h"
#include "libpet/io/tsv.h"
#include "libpet/suv.h"
#include "tools/workflow/app.h"
#include "tools/workflow/plan.h"
#include "tools/workflow/reports.h"
#include "tools/workflow/step.h"

namespace pet {
namespace {

namespace fs = std::filesystem;
using Json = nlohmann::ordered_json;

// What a person of unknown weight is taken to weigh, and how much wider the range of SUV then is.
constexpr double assumed_weight_kg = 70.0;
constexpr double assumed_weight_factor = 10.0;

// The peak of a bolus in plasma is at most some hundred times and at least a fifteenth of that in tissue.
constexpr double least_peak_ratio = 0.003;
constexpr double most_peak_ratio = 15.0;

// A scan with the results of its steps.
struct ScanState {
  const Scan* scan = nullptr;
  std::optional<ResultNames> names;
  std::string segmentation;
  bool has_tacs = false;
  std::vector<bool> has_fit;              ///< one a fit of the configuration
  std::vector<std::optional<Step>> maps;  ///< those of each model that were made
};

class Participant {
 public:
  Participant(const AppRun& run, const std::string& label, const Common& common)
      : run_(run),
        common_(common),
        runner_(run.work / ("sub-" + label), run.results, common.threads, [&run](const fs::path& file) {
          return run.uri_of(file);
        }) {
    result_.label = label;
  }

  ParticipantResult run() {
    remove_partial_files(run_.results / ("sub-" + result_.label));
    remove_partial_files(run_.work / ("sub-" + result_.label));
    for (const fs::path& shared : {run_.results, run_.results / "logs"})
      remove_partial_files_of(shared, "sub-" + result_.label + ".");
    try {
      do_all(subject_files(run_.datasets, result_.label, run_.results, run_.sessions, run_.configuration));
    } catch (const OutputError&) {
      throw;
    } catch (const std::exception& error) {
      fail(error.what());
    }
    const std::string report = subject_report_step(run_, result_.label).id;
    if (run_.sessions.empty()) runner_.remove_what_was_not_run(run_.configuration.has_reports ? report : "");
    if (run_.configuration.has_reports) show_results();
    return result_;
  }

 private:
  void fail(const std::string& reason) {
    result_.reasons.push_back(reason);
    warn(common_, "sub-" + result_.label + ": " + reason);
  }

  void note(const std::string& warning) {
    result_.warnings.push_back(warning);
    say(common_, "sub-" + result_.label + ": " + warning);
  }

  // The page about all results there are, of sessions that were not asked for too.
  void show_results() {
    const std::string warning = make_report(runner_, subject_report_step(run_, result_.label));
    if (!warning.empty()) note(warning);
  }

  bool do_step(const Step& step) {
    const StepResult done = runner_.run(step);
    ++(done.was_up_to_date ? result_.steps_up_to_date : result_.steps_run);
    for (const StepMessage& message : done.messages)
      if (message.level == "warning") note(step.what + ": " + message.text);
    if (!done.is_done) fail(step.what + ": " + done.reason);
    return done.is_done;
  }

  void do_all(const SubjectFiles& subject) {
    if (subject.scans.empty()) {
      fail("no PET scan, expected pet/sub-" + subject.label + "[_ses-...]_pet.json or a _tacs.tsv of a derivative");
      return;
    }
    std::vector<ScanState> states;
    for (const Scan& scan : subject.scans)
      if (scan.role != ScanRole::none) states.push_back(scan_done(subject, scan));
    if (states.empty()) fail("no scan is of a session that the configuration names");
    if (!run_.configuration.occupancies.empty() || !run_.configuration.occupancy_maps.empty()) compare(subject, states);
  }

  ScanState scan_done(const SubjectFiles& subject, const Scan& scan) {
    ScanState state;
    state.scan = &scan;
    state.has_fit.assign(run_.configuration.fits.size(), false);
    state.maps.resize(run_.configuration.maps.size());
    try {
      if (!scan.sidecar)
        throw InputNotFound(scan.name() + ": no _pet.json in " + run_.datasets.front().path.string() + "/sub-" +
                            subject.label + ", expected the sidecar of the scan");
      require_sound_frames(*scan.sidecar);
      state.segmentation = segmentation_of(scan, run_.configuration);
      state.names.emplace(run_.results, scan, state.segmentation);
      if (!do_step(tac_step(subject, scan, run_.configuration, run_.results))) return state;
      check_scale(subject, scan, state.names->tacs());
      state.has_tacs = true;
      const fs::path input = input_for(scan, state);
      do_fits(scan, state, input);
      do_maps(scan, state, input);
    } catch (const InputError& error) {
      fail(error.what());
    }
    return state;
  }

  // Values a thousand times too large or too small change what a plasma model says, and nothing in a table shows it.
  void check_scale(const SubjectFiles& subject, const Scan& scan, const fs::path& tacs) {
    const double weight_kg = subject.weight_kg.value_or(assumed_weight_kg);
    const double factor = subject.weight_kg ? 1.0 : assumed_weight_factor;
    const std::optional<double> suv = peak_suv(read_tac_table(tacs.string()), weight_kg);
    if (!suv)
      return note(scan.name() + ": the dose or the unit of the curves is not known, so their scale is not checked");
    const double least = run_.configuration.least_suv / factor;
    const double most = run_.configuration.most_suv * factor;
    if (*suv >= least && *suv <= most) return;
    throw bad_input(scan.name() + ": highest SUV of the curves", format_number(*suv) + " g/mL",
                    format_number(least) + " to " + format_number(most) +
                        "; Units of the curves or InjectedRadioactivityUnits may be wrong by 1000");
  }

  // Curves and blood that differ in their units make every volume of distribution wrong by as much.
  static void check_units(const Scan& scan, const fs::path& tacs, const fs::path& input) {
    const std::optional<double> ratio = peak_ratio(read_tac_table(tacs.string()), read_input_function(input.string()));
    if (!ratio || (*ratio >= least_peak_ratio && *ratio <= most_peak_ratio)) return;
    throw bad_input(scan.name() + ": highest value of the curves over that of plasma", format_number(*ratio),
                    format_number(least_peak_ratio) + " to " + format_number(most_peak_ratio) +
                        "; the units of one of them may be wrong by 1000");
  }

  // The input function of the scan: that of another program, else one made of the blood. Empty: neither.
  fs::path input_of(const Scan& scan, const ScanState& state) {
    if (scan.inputs.size() > 1)
      throw bad_input(scan.name() + ": input functions",
                      scan.inputs[0].path.string() + " and " + scan.inputs[1].path.string(),
                      "one; --derivatives names the datasets to look into");
    if (!scan.inputs.empty()) return scan.inputs.front().path;
    if (scan.blood.empty()) return {};
    const fs::path output = state.names->input();
    return do_step(input_step(scan, run_.configuration, output)) ? output : fs::path();
  }

  static bool takes_blood(const ConfiguredCommand& configured) {
    const Model& model = find_model(configured.value("model"));
    return model.needs_plasma() || model.needs_blood;
  }

  // The input function where a model of the configuration takes one; empty: none does, or there is none, which is
  // reported.
  fs::path input_for(const Scan& scan, const ScanState& state) {
    const auto& fits = run_.configuration.fits;
    const auto& maps = run_.configuration.maps;
    if (std::none_of(fits.begin(), fits.end(), takes_blood) &&
        (std::none_of(maps.begin(), maps.end(), takes_blood) || scan.images.empty()))
      return {};
    const std::size_t reasons = result_.reasons.size();
    const fs::path input = input_of(scan, state);
    if (input.empty() && result_.reasons.size() == reasons)
      fail(scan.name() + ": no blood, expected an _inputfunction.tsv of a derivative or a _blood.tsv");
    if (!input.empty()) check_units(scan, state.names->tacs(), input);
    return input;
  }

  void do_fits(const Scan& scan, ScanState& state, const fs::path& input) {
    const auto& fits = run_.configuration.fits;
    for (std::size_t i = 0; i < fits.size(); ++i) {
      const bool needs_input = takes_blood(fits[i]);
      if (needs_input && input.empty()) continue;
      state.has_fit[i] =
          do_step(fit_step(scan, fits[i], state.names->tacs(), needs_input ? input : fs::path(), *state.names));
    }
  }

  // A dataset of curves alone has no maps, which is no failure.
  void do_maps(const Scan& scan, ScanState& state, const fs::path& input) {
    const auto& maps = run_.configuration.maps;
    if (maps.empty()) return;
    const std::optional<MappedImage> mapped = mapped_image(scan, state.segmentation);
    if (!mapped) return note(scan.name() + ": no image, so no maps are made");
    if (!mapped->mask)
      note(scan.name() + ": no segmentation on the grid of " + mapped->image.path.filename().string() +
           ", so all its voxels are mapped");
    for (std::size_t i = 0; i < maps.size(); ++i) {
      const bool needs_input = takes_blood(maps[i]);
      if (needs_input && input.empty()) continue;
      Step step = map_step(scan, maps[i], *mapped, state.names->tacs(), needs_input ? input : fs::path(), *state.names);
      if (do_step(step)) state.maps[i] = std::move(step);
    }
  }

  std::string sessions_of(const std::vector<ScanState>& states) const {
    std::string list;
    for (const ScanState& state : states) list += (list.empty() ? "" : ", ") + state.scan->name();
    return list;
  }

  // Whether the subject has several scans with this drug, of sessions that were not asked for too: names of files must
  // not depend on what was.
  static bool is_one_of_several(const SubjectFiles& subject, const Scan& drug) {
    const auto is_same = [&](const Scan& scan) {
      return scan.role == ScanRole::drug && drug_label(scan) == drug_label(drug);
    };
    return std::count_if(subject.scans.begin(), subject.scans.end(), is_same) +
               std::count_if(subject.others.begin(), subject.others.end(), is_same) >
           1;
  }

  void compare(const SubjectFiles& subject, const std::vector<ScanState>& states) {
    std::vector<const ScanState*> baselines;
    std::vector<const ScanState*> drugs;
    for (const ScanState& state : states)
      (state.scan->role == ScanRole::baseline ? baselines : drugs).push_back(&state);
    const bool is_role_unknown = std::any_of(states.begin(), states.end(),
                                             [](const ScanState& state) { return !state.scan->sidecar.has_value(); });
    if (is_role_unknown && (drugs.empty() || baselines.size() != 1)) return;  // already reported
    if (drugs.empty())
      return fail("no scan with the drug (found " + sessions_of(states) +
                  "), expected PharmaceuticalName in its _pet.json or its session in drug_sessions");
    if (baselines.size() != 1)
      return fail((baselines.empty() ? "no baseline scan" : std::to_string(baselines.size()) + " baseline scans") +
                  " (found " + sessions_of(states) + "), expected one; baseline_sessions names it");
    for (const ScanState* drug : drugs) {
      for (const ConfiguredCommand& occupancy : run_.configuration.occupancies)
        compare_scans(*baselines.front(), *drug, occupancy, is_one_of_several(subject, *drug->scan));
      for (const ConfiguredCommand& occupancy : run_.configuration.occupancy_maps)
        compare_maps(*baselines.front(), *drug, occupancy);
    }
  }

  void compare_scans(const ScanState& baseline,
                     const ScanState& drug,
                     const ConfiguredCommand& occupancy,
                     bool is_one_of_several) {
    if (!baseline.has_tacs || !drug.has_tacs) return;  // already reported
    // A change may be told of every tracer.
    if (const std::string why = no_occupancy_of(drug); suffix_of(occupancy) == "occupancy" && !why.empty())
      return note(why);
    fs::path baseline_table = baseline.names->tacs();
    fs::path drug_table = drug.names->tacs();
    if (!occupancy.fit.empty()) {
      const auto& fits = run_.configuration.fits;
      const auto fit = std::find_if(fits.begin(), fits.end(),
                                    [&](const ConfiguredCommand& one) { return one.label == occupancy.fit; });
      const auto index = static_cast<std::size_t>(fit - fits.begin());
      if (!baseline.has_fit[index] || !drug.has_fit[index]) return;  // already reported
      baseline_table = baseline.names->kinpar(occupancy.fit);
      drug_table = drug.names->kinpar(occupancy.fit);
    }
    const fs::path output = occupancy_file(run_.results, *drug.scan, baseline.names->tracer(), baseline.segmentation,
                                           occupancy, is_one_of_several);
    do_step(occupancy_step(*drug.scan, occupancy, baseline_table, drug_table, output));
  }

  void compare_maps(const ScanState& baseline, const ScanState& drug, const ConfiguredCommand& occupancy) {
    const auto& maps = run_.configuration.maps;
    const auto map = std::find_if(maps.begin(), maps.end(),
                                  [&](const ConfiguredCommand& one) { return one.label == occupancy.map; });
    const auto index = static_cast<std::size_t>(map - maps.begin());
    if (!baseline.maps[index] || !drug.maps[index]) return;  // already reported
    if (const std::string why = no_occupancy_of(drug); !why.empty()) return note(why);
    do_step(occupancy_map_step(*drug.scan, occupancy, *baseline.maps[index], *drug.maps[index]));
  }

  // Why the comparison may not be called occupancy; empty: it may.
  std::string no_occupancy_of(const ScanState& drug) const {
    if (drug.scan->tracer.empty()) return "";
    try {
      const Tracer tracer = find_tracer(drug.scan->tracer, data_folder() / "tracers");
      if (tracer.endpoint_for(drug.scan->drug) == Tracer::Endpoint::occupancy) return "";
      return drug.scan->name() + ": " + tracer.name + " measures change of binding after " +
             (drug.scan->drug.empty() ? "the drug" : drug.scan->drug) +
             ", not occupancy; no occupancy is written (method change of the configuration tells the change)";
    } catch (const std::exception&) {
      return "";  // a tracer that the data folder does not know
    }
  }

  const AppRun& run_;
  const Common& common_;
  StepRunner runner_;
  ParticipantResult result_;
};

fs::path log_of(const fs::path& results, const std::string& label) {
  return results / "logs" / ("sub-" + label + ".json");
}

}  // namespace

ParticipantResult run_participant(const AppRun& run, const std::string& label, const Common& common) {
  const ParticipantResult result = Participant(run, label, common).run();
  const Json log = {{"participant_id", "sub-" + label},
                    {"status", result.reasons.empty() ? "ok" : "failed"},
                    {"reasons", result.reasons},
                    {"warnings", result.warnings},
                    {"SoftwareName", "Occupet"},
                    {"SoftwareVersion", version()},
                    {"configuration_sha256", sha256(run.configuration.text)}};
  write_whole(log_of(run.results, label), log.dump(2, ' ', false, Json::error_handler_t::replace) + "\n");
  return result;
}

std::optional<ParticipantResult> read_participant_log(const fs::path& results, const std::string& label) {
  const fs::path path = log_of(results, label);
  if (!fs::is_regular_file(path)) return std::nullopt;
  const Json log = Json::parse(detail::read_text_file(path), nullptr, false);
  if (!log.is_object()) return std::nullopt;
  ParticipantResult result;
  result.label = label;
  for (const Json& reason : log.value("reasons", Json::array())) result.reasons.push_back(reason.get<std::string>());
  for (const Json& warning : log.value("warnings", Json::array()))
    result.warnings.push_back(warning.get<std::string>());
  return result;
}

}  // namespace pet
