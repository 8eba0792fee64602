// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace pet {

/// A tab-separated table as BIDS has it: a header with unique names, then rows of as many cells. Read leniently
/// (LF or CRLF, byte-order mark, missing final newline, quoted cells, blank lines at the end), written strictly (LF,
/// quotes only around a cell that holds a tab, n/a for an empty cell).
class Tsv {
 public:
  /// Throws InputNotFound, or InputError with file and line: empty file, unequal columns, duplicate or blank names.
  static Tsv read(const std::string& path);
  static Tsv parse(std::string_view text, std::string source);
  /// A table that was split elsewhere; `lines` are the line numbers of its rows. Throws InputError as `read` does.
  static Tsv from_cells(std::string source,
                        std::vector<std::string> header,
                        std::vector<std::vector<std::string>> cells,
                        std::vector<std::size_t> lines);

  const std::string& source() const { return source_; }
  const std::vector<std::string>& header() const { return header_; }
  std::size_t rows() const { return cells_.size(); }
  std::optional<std::size_t> find(std::string_view column) const;
  /// Throws InputError that lists the columns there are.
  std::size_t column(std::string_view name) const;
  const std::string& cell(std::size_t row, std::size_t column) const { return cells_[row][column]; }
  /// The cell as a finite number; "n/a" gives nothing. Throws InputError with file and line otherwise.
  std::optional<double> number(std::size_t row, std::size_t column) const;
  /// The same, but "n/a" is an error too.
  double required_number(std::size_t row, std::size_t column) const;
  /// "FILE:LINE column 'NAME'", for messages.
  std::string where(std::size_t row, std::size_t column) const;
  /// "FILE:LINE".
  std::string where(std::size_t row) const;

 private:
  std::string source_;
  std::vector<std::string> header_;
  std::vector<std::vector<std::string>> cells_;
  std::vector<std::size_t> lines_;
};

/// The whole text as a number by std::from_chars: decimal point, no blanks, no "inf", "nan" or hexadecimal.
std::optional<double> parse_number(std::string_view text);

/// Shortest text that reads back as the same double; "n/a" for NaN, "inf" and "-inf" for infinities.
std::string format_number(double value);
/// A time in minutes as seconds, rounded to 1 microsecond so that 10 s reads "10".
std::string format_seconds(double minutes);

/// Rows of cells joined to the text of a table.
class TsvWriter {
 public:
  explicit TsvWriter(const std::vector<std::string>& header);
  /// The number of cells must be that of the header.
  void row(const std::vector<std::string>& cells);
  const std::string& text() const { return text_; }

 private:
  std::size_t columns_;
  std::string text_;
};

}  // namespace pet
