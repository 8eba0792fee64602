// SPDX-License-Identifier: Apache-2.0
#include "libpet/dicom/coded_concept.h"

#include <algorithm>
#include <array>

#include "libpet/error.h"

namespace pet {
namespace {

struct Meaning {
  const char* symbol;
  const char* text;
};

// Innis et al. 2007, table 2. At most 64 characters (VR LO).
constexpr std::array meanings = {
    Meaning{"BPND", "Binding potential relative to non-displaceable tracer (BP_ND)"},
    Meaning{"BPP", "Binding potential relative to total plasma tracer (BP_P)"},
    Meaning{"BPF", "Binding potential relative to free plasma tracer (BP_F)"},
    Meaning{"VT", "Total distribution volume (V_T)"},
    Meaning{"VND", "Non-displaceable distribution volume (V_ND)"},
    Meaning{"VS", "Distribution volume of specific binding (V_S)"},
    Meaning{"DVR", "Distribution volume ratio (DVR)"},
    Meaning{"SUVR", "Ratio of activities to the reference region (SUVR)"},
    Meaning{"K1", "Rate constant from plasma into tissue (K_1)"},
    Meaning{"R1", "Ratio of K_1 to that of the reference region (R_1)"},
    Meaning{"Ki", "Net influx rate constant (K_i)"},
    Meaning{"k2", "Rate constant from tissue into plasma (k_2)"},
    Meaning{"k2a", "Apparent rate constant from tissue into plasma (k_2a)"},
    Meaning{"k2prime", "Rate constant from reference tissue into plasma (k_2')"},
    Meaning{"k3", "Rate constant of binding (k_3)"},
    Meaning{"k4", "Rate constant of release (k_4)"},
    Meaning{"vB", "Fraction of blood in tissue (V_B)"},
    Meaning{"vBref", "Fraction of blood in the reference region"},
    Meaning{"V0", "Initial distribution volume, intercept of the Patlak plot"},
    Meaning{"b", "Coefficient of the tissue integral in MA1"},
    Meaning{"intercept", "Intercept of a graphical plot"},
    Meaning{"components", "Number of lines of the spectrum"},
    Meaning{"delay", "Delay of the blood curve"},
    Meaning{"occupancy", "Fraction of receptors occupied by a drug"},
    Meaning{"onset", "Time after injection at which a response begins"},
    Meaning{"peak", "Time after injection at which a response is greatest"},
    Meaning{"rise", "Rate at which the occupancy approaches its end"},
    Meaning{"alpha", "Sharpness of a response in time"},
    Meaning{"gamma", "Efflux rate constant that a response adds at its peak"},
};

struct Unit {
  const char* text;  ///< as tables have it
  const char* ucum;
  const char* meaning;
};

constexpr std::array units = {
    Unit{"1", "1", "no units"},
    Unit{"mL/cm3", "ml/cm3", "milliliter per cubic centimeter"},
    Unit{"mL/cm3/min", "ml/cm3/min", "milliliter per cubic centimeter and minute"},
    Unit{"1/min", "/min", "per minute"},
    Unit{"min", "min", "minute"},
    Unit{"s", "s", "second"},
    Unit{"percent", "%", "percent"},
    Unit{"kBq/mL", "kBq/ml", "kilobecquerel per milliliter"},
    Unit{"Bq/mL", "Bq/ml", "becquerel per milliliter"},
};

}  // namespace

const char* const private_scheme = "99OCCUPET";

CodedConcept concept_of_quantity(const std::string& symbol) {
  const auto found = std::ranges::find_if(meanings, [&](const Meaning& m) { return symbol == m.symbol; });
  return {symbol, private_scheme, found == meanings.end() ? symbol : found->text};
}

CodedConcept concept_of_unit(const std::string& unit) {
  const auto found = std::ranges::find_if(units, [&](const Unit& u) { return unit == u.text; });
  if (found != units.end()) return {found->ucum, "UCUM", found->meaning};
  std::string known;
  for (const Unit& one : units) known += (known.empty() ? "" : ", ") + std::string(one.text);
  throw UsageError("no UCUM code for the unit '" + unit + "'; there are: " + known);
}

CodedConcept concept_of_model(const std::string& label, const std::string& title) {
  constexpr std::size_t longest_code = 16, longest_meaning = 64;
  return {label.substr(0, longest_code), private_scheme, (title.empty() ? label : title).substr(0, longest_meaning)};
}

CodedConcept concept_of_standard_error() {
  return {"SE", private_scheme, "Standard error"};
}

}  // namespace pet
