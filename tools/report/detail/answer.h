// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "tools/report/detail/html.h"
#include "tools/report/detail/outputs.h"

namespace pet::detail {

/// What one table says, in one sentence.
struct Answer {
  std::string sentence;
  bool is_sure = true;  ///< false: the sentence says that there is no answer, and why
};

/// The answers of a report, the most general first: curves, then occupancies of all regions together (joint fits before
/// Lassen plots), then regional ones. At most `most`.
std::vector<Answer> answers(const Outputs& outputs, std::size_t most = 8);

/// Timing, decay, dose, plausibility and blood of every scan.
HtmlTable checks_table(const Outputs& outputs);

/// The text of a methods section, sentence by sentence, and what it cites.
struct Methods {
  std::vector<std::string> paragraphs;
  std::vector<std::string> references;
};

Methods methods_of(const Outputs& outputs, const std::vector<std::string>& figure_software);

/// A flag or status that occurs, and its meaning as docs/nomenclature.md has it.
struct Explained {
  std::string flag;
  std::string meaning;
  std::vector<std::string> where;  ///< "insula (SRTM, baseline)"
};

/// The meaning of a flag or status; a flag with a part that varies ("BPND_at_bound", "drug_low_binding") is looked up
/// by the rest. Empty for one that is not in the list.
std::string meaning_of_flag(const std::string& flag);

std::vector<Explained> flags_that_occur(const Outputs& outputs);

/// Maps as pictures: HTML of the whole section, empty without maps. Maps beyond `most_bytes` of HTML are named only.
std::string map_pictures(const Outputs& outputs, std::size_t most_bytes);

}  // namespace pet::detail
