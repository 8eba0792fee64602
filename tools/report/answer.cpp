// SPDX-License-Identifier: Apache-2.0
#include "tools/report/detail/answer.h"

#include <algorithm>
#include <cmath>
#include <map>

namespace pet::detail {
namespace {

std::string level_of(const OutputFile& file) {
  const auto level = file.sidecar.find("ConfidenceLevel");
  if (level == file.sidecar.end() || !level->is_number()) return "interval ";
  return brief(100.0 * level->get<double>()) + "\u00A0% interval ";
}

std::string in_parentheses(const OutputFile& file, const std::string& ends) {
  return ends == "–" ? " (no interval)" : " (" + level_of(file) + ends + ")";
}

std::string subject_prefix(const Outputs& outputs, const OutputFile& file) {
  const auto subject = file.entities.find("sub");
  if (subject == file.entities.end()) return "";
  const bool is_only =
      std::all_of(outputs.occupancies.begin(), outputs.occupancies.end(), [&](const Occupancies& other) {
        const auto found = other.entities.find("sub");
        return found != other.entities.end() && found->second == subject->second;
      });
  return is_only ? "" : "sub-" + subject->second + ": ";
}

std::string drug_of(const Occupancies& occupancies) {
  return occupancies.drug.empty() ? "The drug" : capitalised(occupancies.drug);
}

std::string after_drug(const Occupancies& occupancies) {
  return occupancies.drug.empty() ? "the drug" : occupancies.drug;
}

// "occupancy by psilocybin", "change of VT after ketamine".
std::string what_of(const Occupancies& occupancies) {
  return occupancies.quantity() + (occupancies.is_change() ? " after " : " by ") + after_drug(occupancies);
}

bool is_usable(const OccupancyRow& row) {
  return row.status == "ok" && row.occupancy && std::isfinite(*row.occupancy);
}

std::string reasons_of(const std::string& status, const std::vector<std::string>& flags) {
  return "(status " + status + (flags.empty() ? "" : ": " + joined(flags, ", ")) + ")";
}

// "Psilocybin occupied 60 % of its target", "After ketamine VT changed by -12 %".
std::string statement(const Occupancies& occupancies, const OccupancyRow& row) {
  if (occupancies.is_change())
    return "After " + after_drug(occupancies) + " " + occupancies.table.measure + " changed by " +
           percent(row.occupancy);
  return drug_of(occupancies) + " occupied " + percent(row.occupancy) + " " + occupancies.of_what();
}

Answer from_all_regions(const Outputs& outputs, const Occupancies& occupancies, const OccupancyRow& row) {
  const std::string method = row.name == "lassen" ? "a Lassen plot" : row.name == "joint" ? "one fit" : row.name;
  const std::string prefix = subject_prefix(outputs, occupancies);
  if (!is_usable(row))
    return {prefix + "The " + what_of(occupancies) + " is not determined by " + method + " of all regions " +
                reasons_of(row.status, row.flags) + ".",
            false};
  return {prefix + statement(occupancies, row) + in_parentheses(occupancies, percent_interval(row.lower, row.upper)) +
              ", by " + method + " of all regions.",
          true};
}

// How wide an interval is, for comparing only.
double width_of(const OccupancyRow& row) {
  return row.lower && row.upper ? *row.upper - *row.lower : HUGE_VAL;
}

Answer from_regions(const Outputs& outputs, const Occupancies& occupancies) {
  std::vector<const OccupancyRow*> rows;
  for (const OccupancyRow& row : occupancies.table.rows)
    if (row.index != 0 && is_usable(row)) rows.push_back(&row);
  const std::string prefix = subject_prefix(outputs, occupancies);
  if (rows.empty()) return {prefix + "No region has a usable " + what_of(occupancies) + ": see the statuses.", false};
  const OccupancyRow& best = **std::min_element(
      rows.begin(), rows.end(), [](const auto* a, const auto* b) { return width_of(*a) < width_of(*b); });
  const bool has_narrowest = rows.size() > 1 && std::isfinite(width_of(best));
  std::string sentence = prefix + statement(occupancies, best) + " in " + best.name +
                         (has_narrowest ? ", where the interval is narrowest" : "") +
                         in_parentheses(occupancies, percent_interval(best.lower, best.upper));
  if (rows.size() == 1) return {sentence + ".", true};
  const auto [least, most] = std::minmax_element(
      rows.begin(), rows.end(), [](const auto* a, const auto* b) { return *a->occupancy < *b->occupancy; });
  return {sentence + "; the " + std::to_string(rows.size()) + " usable regions lie between " +
              percent((*least)->occupancy) + " (" + (*least)->name + ") and " + percent((*most)->occupancy) + " (" +
              (*most)->name + ").",
          true};
}

// Whether the data determine a parameter of a curve; an interval that is open on one side still says something.
bool is_determined(const CurveRow* row) {
  return row != nullptr && row->status == "ok" && row->value && std::isfinite(*row->value) &&
         std::none_of(row->flags.begin(), row->flags.end(), [](const std::string& flag) {
           return flag.ends_with("_at_bound") || flag.ends_with("_unidentifiable");
         });
}

Answer from_curve(const DoseCurve& curve) {
  const CurveRow* half = curve.find("EC50");
  const CurveRow* most = curve.find("Omax");
  if (!is_determined(half))
    return {
        "The data do not determine EC50" +
            (half == nullptr || half->status.empty() ? std::string() : " " + reasons_of(half->status, half->flags)) +
            ".",
        false};
  const std::string unit = half->unit.empty() ? "" : " " + half->unit;
  std::string sentence = "EC50 is " + shown(half->value, 3) + unit;
  if (!curve.text("X").empty()) sentence += " of " + curve.text("X");
  sentence +=
      in_parentheses(curve, half->lower || half->upper ? shown(half->lower, 3) + " to " + shown(half->upper, 3) : "–");
  if (is_determined(most)) {
    const bool is_percent = most->unit == "percent";
    const auto text = [&](const std::optional<double>& value) {
      return is_percent ? shown(value, 3) + " %" : percent(value);
    };
    const bool is_held = most->lower && most->upper && *most->lower == *most->upper;
    if (is_held)
      sentence += ", where the occupancy that the curve approaches is held at " + text(most->value);
    else
      sentence += ", and occupancy approaches " + text(most->value) +
                  (most->lower || most->upper ? " (" + text(most->lower) + " to " + text(most->upper) + ")" : "");
  } else if (most != nullptr) {
    sentence += "; the data do not determine the occupancy that it approaches " + reasons_of(most->status, most->flags);
  }
  return {sentence + ".", true};
}

std::string subject_of(const OutputFile& file) {
  const auto subject = file.entities.find("sub");
  return subject == file.entities.end() ? "" : "sub-" + subject->second;
}

// Several subjects, each with one fit of all regions by the same method and drug: how many have an occupancy, and the
// range. Nothing for any other set of tables.
std::vector<Answer> from_cohort(const Outputs& outputs) {
  constexpr std::size_t least_subjects = 2;
  std::map<std::string, const Occupancies*> by_subject;
  for (const Occupancies& occupancies : outputs.occupancies) {
    const OccupancyRow* whole = occupancies.whole();
    const OccupancyRow* first = outputs.occupancies.front().whole();
    const std::string subject = subject_of(occupancies);
    const bool is_alike = whole != nullptr && first != nullptr && whole->name == first->name &&
                          occupancies.drug == outputs.occupancies.front().drug;
    if (!is_alike || subject.empty() || by_subject.contains(subject)) return {};
    by_subject[subject] = &occupancies;
  }
  if (by_subject.size() < least_subjects) return {};
  std::erase_if(by_subject, [](const auto& one) { return !is_usable(*one.second->whole()); });
  const Occupancies& any = outputs.occupancies.front();
  const std::string count = std::to_string(by_subject.size()) + " of " + std::to_string(outputs.occupancies.size());
  const std::string drug = any.drug.empty() ? "the drug" : any.drug;
  if (by_subject.empty()) return {{"The occupancy by " + drug + " is determined in " + count + " subjects.", false}};
  const auto [least, most] = std::minmax_element(
      by_subject.begin(), by_subject.end(),
      [](const auto& a, const auto& b) { return *a.second->whole()->occupancy < *b.second->whole()->occupancy; });
  std::string sentence = "In " + count + " subjects " + drug + " occupied between " +
                         percent(least->second->whole()->occupancy) + " (" + least->first + ") and " +
                         percent(most->second->whole()->occupancy) + " (" + most->first + ") of its target";
  if (by_subject.size() < outputs.occupancies.size()) sentence += "; in the others it is not determined";
  return {{sentence + ".", true}};
}

int rank_of(const Occupancies& occupancies) {
  const OccupancyRow* whole = occupancies.whole();
  if (whole == nullptr) return 2;
  return whole->name == "joint" ? 0 : 1;
}

}  // namespace

std::vector<Answer> answers(const Outputs& outputs, std::size_t most) {
  std::vector<Answer> all;
  for (const DoseCurve& curve : outputs.curves) all.push_back(from_curve(curve));
  for (Answer& answer : from_cohort(outputs)) all.push_back(std::move(answer));
  for (int rank = 0; rank < 3; ++rank)
    for (const Occupancies& occupancies : outputs.occupancies) {
      if (rank_of(occupancies) != rank) continue;
      const OccupancyRow* whole = occupancies.whole();
      all.push_back(whole != nullptr ? from_all_regions(outputs, occupancies, *whole)
                                     : from_regions(outputs, occupancies));
    }
  // What is known comes first; an answer that is none stays visible below.
  std::stable_partition(all.begin(), all.end(), [](const Answer& answer) { return answer.is_sure; });
  if (all.size() > most) all.resize(most);
  return all;
}

}  // namespace pet::detail
