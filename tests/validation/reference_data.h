// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <catch2/catch.hpp>
#include <filesystem>
#include <fstream>
#include <map>
#include <sstream>
#include <string>

#include "libpet/io/tsv.h"

// The folder of a reference data set, or "" (with a message) where the data are not there: the test then has nothing to
// compare with and returns.
inline std::string reference_folder(const std::string& name) {
  const std::string folder = std::string(OCCUPET_REFERENCE_DIR) + "/" + name;
  if (std::filesystem::exists(folder)) return folder;
  WARN("skipped: no " << folder << " (set OCCUPET_REFERENCE_DIR)");
  return "";
}

/// Row number by the text of one column.
inline std::map<std::string, std::size_t> rows_by(const pet::Tsv& table, std::size_t column) {
  std::map<std::string, std::size_t> rows;
  for (std::size_t r = 0; r < table.rows(); ++r) rows[table.cell(r, column)] = r;
  return rows;
}
