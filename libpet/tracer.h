// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

namespace pet {

/// Where a number or statement comes from and how sure it is.
struct Source {
  enum class Status {
    found,       ///< read in the cited source
    unverified,  ///< stated from memory; check it in the cited source before relying on it
    assumed,     ///< chosen for a simulation; nobody has published it
    computed     ///< follows from others by arithmetic
  };
  std::string what;
  std::string citation;
  Status status = Status::unverified;
};

std::string name_of(Source::Status status);

/// What is known of a radiotracer and its target (data/tracers/*.json, docs/formats/tracer.md).
struct Tracer {
  /// `occupancy`: a drug's occupancy of the target can be measured; `change`: binding before and after is compared,
  /// and no occupancy may be claimed (docs/nomenclature.md).
  enum class Endpoint { occupancy, change };

  std::string name;   ///< "[11C]Cimbi-36"
  std::string label;  ///< of the BIDS entity `trc`: letters and digits only
  std::vector<std::string> aliases;
  std::string radionuclide;  ///< "C11"
  double half_life_min = 0.0;
  std::string target;                   ///< "5-HT2A"
  std::vector<std::string> also_binds;  ///< other targets with a signal in some regions
  std::string action;                   ///< "agonist", "antagonist", ...
  Endpoint endpoint = Endpoint::occupancy;
  std::vector<std::string> change_only_drugs;  ///< drugs for which the endpoint is `change` whatever the tracer's
  std::vector<std::string> models;             ///< registry names, the usual one first
  std::string reference_region;                ///< empty: none is free of the target
  double scan_min = 0.0;                       ///< usual length of the scan
  std::vector<Source> sources;
  std::vector<std::string> notes;

  /// What may be reported after this drug (case ignored).
  Endpoint endpoint_for(const std::string& drug) const;
};

}  // namespace pet
