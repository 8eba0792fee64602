// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <map>

#include "tools/report/detail/answer.h"
#include "tools/report/detail/page_text.h"

namespace pet::detail {
namespace {

// One row of a table of the page: | `flag` | meaning | ... |
struct Documented {
  std::string flag;
  std::string meaning;
};

std::string trimmed(std::string_view text) {
  const std::size_t first = text.find_first_not_of(' ');
  if (first == std::string_view::npos) return "";
  return std::string(text.substr(first, text.find_last_not_of(' ') - first + 1));
}

std::string without_backticks(std::string text) {
  std::erase(text, '`');
  return text;
}

std::vector<Documented> documented_rows() {
  std::vector<Documented> rows;
  for (std::size_t at = 0; at < documented_flags.size();) {
    const std::size_t end = std::min(documented_flags.find('\n', at), documented_flags.size());
    const std::string_view line = documented_flags.substr(at, end - at);
    at = end + 1;
    if (!line.starts_with("| `")) continue;
    const std::size_t second = line.find('|', 1);
    const std::size_t third = line.find('|', second + 1);
    if (third == std::string_view::npos) continue;
    rows.push_back({without_backticks(trimmed(line.substr(1, second - 1))),
                    without_backticks(trimmed(line.substr(second + 1, third - second - 1)))});
  }
  return rows;
}

// Whether "BPND_at_bound" is a "<parameter>_at_bound", or "drug_low_binding" a "drug_<flag>".
bool fits(const std::string& flag, const std::string& pattern) {
  const std::size_t open = pattern.find('<');
  if (open == std::string::npos) return flag == pattern;
  const std::string before = pattern.substr(0, open);
  const std::string after = pattern.substr(pattern.find('>') + 1);
  return flag.size() > before.size() + after.size() && flag.starts_with(before) && flag.ends_with(after);
}

class Collection {
 public:
  void add(const std::string& flag, const std::string& where) {
    if (flag.empty() || flag == "ok") return;
    found_[flag].push_back(where);
  }

  std::vector<Explained> explained() const {
    std::vector<Explained> all;
    for (const auto& [flag, where] : found_) {
      const std::string meaning = meaning_of_flag(flag);
      all.push_back({flag, meaning.empty() ? "not in the documented list" : meaning, where});
    }
    return all;
  }

 private:
  std::map<std::string, std::vector<std::string>> found_;
};

}  // namespace

std::string meaning_of_flag(const std::string& flag) {
  static const std::vector<Documented> rows = documented_rows();
  // An exact name before a pattern; then "baseline_<status>", "drug_<flag>", whose part has a meaning of its own.
  for (const Documented& row : rows)
    if (row.flag == flag) return row.meaning;
  for (const std::string prefix : {"baseline_", "drug_"}) {
    if (!flag.starts_with(prefix)) continue;
    const std::string inner = meaning_of_flag(flag.substr(prefix.size()));
    const std::string scan = prefix == "drug_" ? "of the scan with the drug: " : "of the baseline scan: ";
    if (!inner.empty()) return scan + inner;
  }
  for (const Documented& row : rows)
    if (fits(flag, row.flag)) return row.meaning;
  return "";
}

std::vector<Explained> flags_that_occur(const Outputs& outputs) {
  Collection collection;
  for (const Parameters& parameters : outputs.parameters)
    for (const ParameterRow& row : parameters.table.rows) {
      const std::string where = row.name + " (" + parameters.model_label + ", " + parameters.label + ")";
      collection.add(row.status, where);
      for (const std::string& flag : row.flags) collection.add(flag, where);
    }
  for (const Occupancies& occupancies : outputs.occupancies)
    for (const OccupancyRow& row : occupancies.table.rows) {
      const std::string where =
          row.name + " (" + occupancies.quantity() + (occupancies.drug.empty() ? "" : ", " + occupancies.drug) + ")";
      collection.add(row.status, where);
      for (const std::string& flag : row.flags) collection.add(flag, where);
    }
  for (const CohortTable& cohort : outputs.cohorts)
    for (std::size_t r = 0; r < cohort.table.rows.size(); ++r) {
      const OccupancyRow& row = cohort.table.rows[r];
      const std::string where = row.name + " (" + cohort.participants[r] + ")";
      collection.add(row.status, where);
      for (const std::string& flag : row.flags) collection.add(flag, where);
    }
  for (const DoseCurve& curve : outputs.curves)
    for (const CurveRow& row : curve.rows) {
      collection.add(row.status, row.parameter + " (curve)");
      for (const std::string& flag : row.flags) collection.add(flag, row.parameter + " (curve)");
    }
  return collection.explained();
}

}  // namespace pet::detail
