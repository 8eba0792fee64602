// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

namespace pet {

/// A term as DICOM objects name it: code value, coding scheme, what it means (PS3.3 section 8).
struct CodedConcept {
  std::string value;
  std::string scheme;
  std::string meaning;
  friend bool operator==(const CodedConcept&, const CodedConcept&) = default;
};

/// The scheme of the concepts for which no standard scheme has a code: "99OCCUPET".
extern const char* const private_scheme;

/// A quantity of kinetic modelling by its column name (docs/nomenclature.md): BPND, VT, K1, R1, ... None of them has a
/// code in DICOM, SNOMED CT or LOINC; the value is the symbol in the private scheme. Symbols that are not in the list
/// are their own meaning.
CodedConcept concept_of_quantity(const std::string& symbol);

/// A unit as tables write it ("mL/cm3", "1/min", "1", "percent") in UCUM. Throws UsageError for any other.
CodedConcept concept_of_unit(const std::string& unit);

/// A kinetic model by its label ("SRTM") in the private scheme.
CodedConcept concept_of_model(const std::string& label, const std::string& title);

/// (SE, 99OCCUPET, "Standard error"), the derivation of an error.
CodedConcept concept_of_standard_error();

}  // namespace pet
