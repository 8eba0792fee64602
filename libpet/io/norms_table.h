// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "libpet/io/tsv.h"

namespace pet {

/// Binding of a region in healthy people. Units of `mean` and `sd` are those of the measure.
struct Norm {
  std::string name;  ///< of the region
  double mean = 0.0;
  double sd = 0.0;                   ///< between people of one age, the same at every age
  std::optional<double> subjects{};  ///< whose mean it is; none: taken as exact
  std::optional<double> age{};       ///< years, to which the mean belongs; none: the same at every age
  double change_per_decade = 0.0;    ///< fraction of the mean, -0.06 for a loss of 6 %
  double change_se = 0.0;
  std::optional<double> youngest{};  ///< of the people, years
  std::optional<double> oldest{};
  std::string source{};  ///< where the numbers come from
};

/// Norms from a table: columns `name mean sd`, and `n age change_per_decade change_per_decade_se youngest oldest
/// source` where known. Throws InputError with file and line for a mean or sd that is not positive, fewer than two
/// subjects, a change of -1 or less, a change without an age, and a region that is there twice.
std::vector<Norm> norms(const Tsv& table);

}  // namespace pet
