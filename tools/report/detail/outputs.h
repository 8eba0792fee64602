// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <map>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <vector>

#include "kinetic_models/model.h"
#include "libpet/blood/input_function.h"
#include "libpet/io/curve_table.h"
#include "libpet/io/nifti.h"
#include "libpet/io/parameter_table.h"
#include "libpet/io/tsv.h"
#include "libpet/provenance.h"
#include "libpet/tac_table.h"

namespace pet::detail {

using Json = nlohmann::ordered_json;

/// One file of a folder, with its sidecar.
struct OutputFile {
  std::string path;  ///< below the folder
  std::string sha256;
  std::map<std::string, std::string> entities;  ///< of its name: sub, ses, model, ...
  Json sidecar = Json::object();                ///< empty where there is none
  std::string label;                            ///< short name of the scan for legends: "baseline"

  /// A member of the sidecar that is text or a number, as text; empty if there is none.
  std::string text(const char* key) const;
  /// Whether the sidecar names a file of this checksum among its sources.
  bool was_made_of(const std::string& other_sha256) const;
};

struct Curves : OutputFile {
  TacTable table{};
};

struct FittedCurves : Curves {
  std::optional<std::size_t> measured{};  ///< index of the curves that were fitted
  std::string model{};                    ///< label
};

struct Parameters : OutputFile {
  ParameterTable table{};
  const Model* model = nullptr;           ///< of the registry; none for tables of other programs
  std::string model_label{};              ///< "SRTM"
  std::optional<std::size_t> measured{};  ///< the curves that were fitted
  std::optional<std::size_t> blood{};     ///< the input function that was used

  /// A value that the fit held: "t_star", "k2prime".
  std::optional<double> held(const std::string& name) const;
};

struct Occupancies : OutputFile {
  OccupancyTable table{};
  std::string method{};  ///< bpnd, lassen, joint; empty: not known
  std::string drug{};    ///< "psilocybin, 25 mg"; empty: not known

  /// The row of the whole plot or fit, which comes first and has index 0; nothing for regional methods.
  const OccupancyRow* whole() const;
  /// Whether the rows hold the change of a measure (drug / baseline - 1), whose sign is the other one.
  bool is_change() const;
  /// What the drug occupied a part of: "of its target", or what the sidecar says in `Occupancy`.
  std::string of_what() const;
  /// "occupancy", or "change of VT".
  std::string quantity() const;
};

/// Occupancies of several participants in one table, which has a column participant_id: no answer of its own.
struct CohortTable : Occupancies {
  std::vector<std::string> participants{};  ///< one a row
  std::vector<std::string> drugs{};         ///< one a row: "psilocybin, 25 mg"; empty: not known
};

struct DoseCurve : OutputFile {
  std::vector<CurveRow> rows{};
  std::vector<CurvePredictionRow> prediction{};
  std::optional<Tsv> observations{};

  const CurveRow* find(std::string_view parameter) const;
};

struct Blood : OutputFile {
  InputFunction input{};
};

struct QuantityMap : OutputFile {
  VolumeMap map{};
  std::string quantity{};      ///< "BPND"
  bool shows_ok_only = false;  ///< voxels of another status were taken out
};

/// Everything of a folder that a report shows, in the order of the file names.
struct Outputs {
  std::string folder;  ///< its name
  bool has_many_subjects = false;
  std::vector<Curves> scans;
  std::vector<FittedCurves> fits;
  std::vector<Parameters> parameters;
  std::vector<Occupancies> occupancies;
  std::vector<CohortTable> cohorts;
  std::vector<DoseCurve> curves;
  std::vector<Blood> blood;
  std::vector<QuantityMap> maps;
  std::vector<std::string> maps_left_out;  ///< errors, status and further quantities: named, not drawn
  std::vector<std::string> problems;       ///< files that could not be read
  std::vector<std::string> stale;          ///< results made of other bytes than those in the folder

  bool is_empty() const;
  /// Who the tables of several participants are about, sorted.
  std::vector<std::string> participants() const;
  /// Drugs of all tables of occupancy, sorted.
  std::vector<std::string> drugs() const;
  /// Every file with its sidecar.
  std::vector<const OutputFile*> files() const;
};

/// Reads the given files of a folder. Throws InputNotFound, and InputError for none that is known.
Outputs read_outputs(const std::filesystem::path& folder, const std::vector<std::filesystem::path>& files);

}  // namespace pet::detail
