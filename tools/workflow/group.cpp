// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <nlohmann/json.hpp>
#include <set>

#include "libpet/error.h"
#include "libpet/io/detail/text_file.h"
#include "libpet/io/sidecar.h"
#include "libpet/io/tsv.h"
#include "tools/arguments.h"
#include "tools/workflow/app.h"
#include "tools/workflow/plan.h"
#include "tools/workflow/reports.h"
#include "tools/workflow/step.h"

namespace pet {
namespace {

namespace fs = std::filesystem;
using Json = nlohmann::ordered_json;

constexpr const char* missing = "n/a";

// A number with its unit, as sidecars have it: "25 mg".
struct Amount {
  std::string value = missing;
  std::string unit;
};

Amount amount_of(const Json& sidecar, const char* key) {
  const std::string text = sidecar.value(key, "");
  const std::size_t blank = text.find(' ');
  const std::string number = text.substr(0, blank);
  if (!parse_number(number)) return {};
  return {number, blank == std::string::npos ? "" : text.substr(blank + 1)};
}

Json json_of_file(const fs::path& path) {
  if (!fs::is_regular_file(path)) return Json::object();
  const Json json = Json::parse(detail::read_text_file(path), nullptr, false);
  return json.is_object() ? json : Json::object();
}

// Rows of all participants for one analysis of occupancy.
struct JoinedTable {
  std::vector<std::string> header;
  std::vector<std::vector<std::string>> rows;
  std::vector<std::string> files;
};

const std::vector<std::string>& own_columns() {
  static const std::vector<std::string> columns = {"participant_id", "drug",         "dose",
                                                   "dose_unit",      "plasma_level", "plasma_level_unit"};
  return columns;
}

void add_scan(JoinedTable& joined, const BidsFile& file) {
  const Tsv table = Tsv::read(file.path.string());
  const Json sidecar = json_of_file(sidecar_of(file.path));
  const Amount dose = amount_of(sidecar, "Dose");
  const Amount plasma_level = amount_of(sidecar, "PlasmaLevel");
  std::vector<std::string> header = own_columns();
  header.insert(header.end(), table.header().begin(), table.header().end());
  if (joined.header.empty()) joined.header = header;
  if (joined.header != header)
    throw bad_input(file.path.string() + ":1", "other columns than in " + joined.files.front(), "the same");
  for (std::size_t r = 0; r < table.rows(); ++r) {
    std::vector<std::string> row = {"sub-" + file.entity("sub"), sidecar.value("Drug", file.entity("desc"))};
    for (const Amount& amount : {dose, plasma_level})
      row.insert(row.end(), {amount.value, amount.unit.empty() ? missing : amount.unit});
    for (std::size_t c = 0; c < table.header().size(); ++c)
      row.push_back(table.cell(r, c).empty() ? missing : table.cell(r, c));
    joined.rows.push_back(std::move(row));
  }
  joined.files.push_back(file.path.string());
}

std::size_t column_of(const JoinedTable& table, const std::string& name) {
  return static_cast<std::size_t>(std::find(table.header.begin(), table.header.end(), name) - table.header.begin());
}

std::string text_of(const JoinedTable& table) {
  TsvWriter writer(table.header);
  for (const std::vector<std::string>& row : table.rows) writer.row(row);
  return writer.text();
}

std::set<std::string> units_of(const JoinedTable& table, const std::string& amount) {
  std::set<std::string> units;
  const std::size_t column = column_of(table, amount + "_unit");
  for (const std::vector<std::string>& row : table.rows)
    if (row[column] != missing) units.insert(row[column]);
  return units;
}

// Where amounts lie on one axis they have one unit.
std::string only_unit(const JoinedTable& table, const std::string& amount) {
  const std::set<std::string> units = units_of(table, amount);
  if (units.size() > 1)
    throw InputError(amount + ": found the units " + *units.begin() + " and " + *units.rbegin() + ", expected one");
  return units.empty() ? "" : *units.begin();
}

// What a sidecar says of a column of amounts: their unit, or where the rows have several, which column says it.
Json described_amount(const JoinedTable& table, const std::string& amount, const std::string& description) {
  const std::set<std::string> units = units_of(table, amount);
  if (units.size() > 1) return {{"Description", description + ", in the unit of the column " + amount + "_unit"}};
  return {{"Description", description}, {"Units", units.empty() ? "" : *units.begin()}};
}

class Group {
 public:
  Group(const AppRun& run, const Common& common)
      : run_(run),
        common_(common),
        runner_(run.work / "group", run.results, common.threads, [&run](const fs::path& file) {
          return run.uri_of(file);
        }) {}

  int run() {
    remove_partial_files(run_.work / "group");
    for (const char* const start : {"desc-", "group."}) remove_partial_files_of(run_.results, start);
    remove_partial_files_of(run_.results / "logs", "participants.");
    write_status();
    for (const ConfiguredCommand& occupancy : run_.configuration.occupancies) try_join(occupancy);
    for (const ConfiguredCommand& curve : run_.configuration.curves) fit(curve);
    remove_old_tables();
    runner_.remove_what_was_not_run(run_.configuration.has_reports ? group_report_step(run_).id : "");
    if (run_.configuration.has_reports) show_results();
    return has_failed_ ? some_failed : success;
  }

 private:
  void fail(const std::string& message) {
    has_failed_ = true;
    warn(common_, message);
  }

  void show_results() {
    const std::string warning = make_report(runner_, group_report_step(run_));
    if (!warning.empty()) say(common_, warning);
  }

  void write(const fs::path& path, const std::string& text) {
    write_whole(path, text);
    written_.insert(path);
  }

  // Who has results and who has not, with the reasons.
  void write_status() {
    TsvWriter writer({"participant_id", "status", "reason"});
    std::size_t failed = 0;
    for (const std::string& label : run_.participants) {
      const auto log = read_participant_log(run_.results, label);
      std::string reason = log ? "" : "the participant was not run";
      for (const std::string& one : log ? log->reasons : std::vector<std::string>())
        reason += (reason.empty() ? "" : "; ") + one;
      std::replace_if(
          reason.begin(), reason.end(), [](unsigned char c) { return c < 0x20; }, ' ');
      writer.row({"sub-" + label,
                  !log             ? "not_run"
                  : reason.empty() ? "ok"
                                   : "failed",
                  reason.empty() ? missing : reason});
      if (reason.empty()) continue;
      ++failed;
      warn(common_, "sub-" + label + ": " + reason);
    }
    if (failed > 0)
      say(common_, std::to_string(failed) + " of " + std::to_string(run_.participants.size()) + " participants failed");
    write_whole(run_.results / "logs" / "participants.tsv", writer.text());
  }

  // What is wrong with one analysis does not concern the others.
  void try_join(const ConfiguredCommand& occupancy) {
    try {
      joined_[occupancy.label];
      join(occupancy);
    } catch (const InputError& error) {
      joined_[occupancy.label] = {};
      fail(error.what());
    }
  }

  void join(const ConfiguredCommand& occupancy) {
    JoinedTable& joined = joined_[occupancy.label];
    const std::string quantity = suffix_of(occupancy);
    for (const std::string& label : run_.participants)
      for (const BidsFile& file : bids_files(run_.results, label, true))
        if (file.suffix == quantity && file.extension == ".tsv" && file.entity("model") == occupancy.label)
          add_scan(joined, file);
    if (joined.rows.empty())
      return fail((quantity == "change" ? "no participant has a change " : "no participant has an occupancy ") +
                  occupancy.label);
    const fs::path path =
        run_.results / bids_file_name({{"desc", "group"}, {"model", occupancy.label}}, quantity, ".tsv");
    const std::string what = quantity == "change" ? "Change" : "Occupancy";
    const Json members = {
        {"Description", what + " of all participants, as in the tables of Sources"},
        {"participants", joined.files.size()},
        {"dose", described_amount(joined, "dose", "Dose of the drug")},
        {"plasma_level", described_amount(joined, "plasma_level", "Concentration of the drug in plasma")}};
    write(path, text_of(joined));
    write(sidecar_of(path), sidecar_text(members.dump(), provenance(joined.files)));
  }

  Provenance provenance(const std::vector<std::string>& files) {
    Provenance provenance;
    provenance.command_line = "occupet BIDS_DIR OUTPUT_DIR group";
    for (const std::string& file : files) provenance.inputs.push_back({run_.uri_of(file), checksum(file).sha256});
    return provenance;
  }

  // One row a scan: that of the region, of scans with the drug.
  JoinedTable observations(const ConfiguredCommand& curve) {
    const JoinedTable& all = joined_.at(curve.occupancy);
    JoinedTable chosen = all;
    chosen.rows.clear();
    if (all.rows.empty()) return chosen;
    const std::size_t name = column_of(all, "name");
    const std::string region = curve.region.empty() ? all.rows.front()[name] : curve.region;
    for (const std::vector<std::string>& row : all.rows)
      if (row[name] == region && (curve.drug.empty() || row[1] == curve.drug)) chosen.rows.push_back(row);
    if (!chosen.rows.empty()) return chosen;
    std::vector<std::string> names;
    for (const std::vector<std::string>& row : all.rows)
      if (std::find(names.begin(), names.end(), row[name]) == names.end()) names.push_back(row[name]);
    throw bad_input("curve " + curve.label,
                    "no row '" + region + "'" + (curve.drug.empty() ? "" : " after " + curve.drug),
                    "a row of the occupancy table" + suggestion(region, names));
  }

  // The drug of all rows, or "all" where there are several.
  static std::string description_of(const JoinedTable& table) {
    std::set<std::string> drugs;
    for (const std::vector<std::string>& row : table.rows) drugs.insert(row[1]);
    const std::string label = bids_label(*drugs.begin());
    return drugs.size() > 1 || label.empty() ? "all" : label;
  }

  void fit(const ConfiguredCommand& curve) {
    try {
      const JoinedTable table = observations(curve);
      if (table.rows.empty()) return;  // already reported
      const std::string x = curve.value("x");
      const std::string unit = only_unit(table, x);
      const std::string description = description_of(table);
      const auto named = [&](const std::string& what) {
        return run_.results /
               bids_file_name({{"desc", description + what}, {"model", curve.label}}, "occupancy", ".tsv");
      };
      const fs::path data = named("observations");
      const Json members = {{"Description", "Observations of the curve " + curve.label},
                            {x, {{"Units", unit}}},
                            {"occupancy", {{"Units", "1"}}}};
      write(data, text_of(table));
      write(sidecar_of(data), sidecar_text(members.dump(), provenance(table.files)));
      do_step(curve, data, named(""), named("band"));
    } catch (const InputError& error) {
      fail(error.what());
    }
  }

  void do_step(const ConfiguredCommand& curve, const fs::path& data, const fs::path& output, const fs::path& band) {
    Step step;
    step.command = "pet-curve";
    step.make = pet_curve_command;
    step.what = "pet-curve " + curve.label;
    step.id = output.stem().string();
    step.read = {data, sidecar_of(data)};
    step.written = {output, sidecar_of(output), band};
    step.words = {{"", data}, {"--se=occupancy_se"}, {"--subject=participant_id"}};
    for (const std::string& word : curve.words) step.words.push_back({word});
    step.words.push_back({"--predict=", band});
    step.words.push_back({"--output=", output});
    const StepResult result = runner_.run(step);
    for (const StepMessage& message : result.messages)
      if (message.level == "warning") say(common_, step.what + ": " + message.text);
    if (!result.is_done) return fail(step.what + ": " + result.reason);
    written_.insert(step.written.begin(), step.written.end());
  }

  // Tables of an earlier run with other analyses.
  void remove_old_tables() {
    std::error_code error;
    std::vector<fs::path> old;
    for (const auto& entry : fs::directory_iterator(run_.results, error)) {
      const BidsFile file = bids_file(entry.path());
      if ((file.suffix == "occupancy" || file.suffix == "change") && file.entity("sub").empty() &&
          !written_.contains(entry.path()))
        old.push_back(entry);
    }
    for (const fs::path& path : old) fs::remove(path, error);
  }

  const AppRun& run_;
  const Common& common_;
  StepRunner runner_;
  std::map<std::string, JoinedTable> joined_;
  std::set<fs::path> written_;
  bool has_failed_ = false;
};

}  // namespace

int run_group(const AppRun& run, const Common& common) {
  return Group(run, common).run();
}

}  // namespace pet
