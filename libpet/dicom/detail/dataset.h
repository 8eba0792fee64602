// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <dcmtk/config/osconfig.h>
#include <dcmtk/dcmdata/dctk.h>

#include <limits>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "libpet/dicom/detail/date_time.h"
#include "libpet/dicom/detail/elements.h"
#include "libpet/error.h"

namespace pet::detail {

class Identity;

/// Sets DCMTK up once: unknown VRs are resolved, its messages (which may quote identity) are off, codecs are known.
void prepare_dcmtk();

/// Strict getters on the elements of one data set or sequence item. "Empty" means absent or without value. Everything
/// that is present but malformed throws InputError naming file and tag; an element that is left with VR UN is never
/// taken for text or a number. The bytes that the elements are views of must outlive the object.
class Dataset {
 public:
  Dataset(Elements elements, std::string file);

  /// Who was scanned, as the data set says it; of an item, as the data set says it that the item is in.
  const std::shared_ptr<const Identity>& identity() const { return identity_; }
  /// `text` for a message, which must not say who was scanned.
  std::string quoted(std::string_view text) const;

  /// "FILE tag (0028,1053) RescaleSlope", the start of a message.
  std::string where(const DcmTagKey& tag) const;

  bool has(const DcmTagKey& tag) const { return find(tag) != nullptr; }
  /// The value as clean_text() in the character set of the file, without padding, values separated by backslashes;
  /// empty if there is none.
  std::string text(const DcmTagKey& tag) const;
  std::string required_text(const DcmTagKey& tag) const;
  /// DS, IS, FL, FD, US, SS, UL or SL.
  std::vector<double> numbers(const DcmTagKey& tag) const;
  std::optional<double> number(const DcmTagKey& tag) const;
  double required_number(const DcmTagKey& tag) const;
  std::vector<double> required_numbers(const DcmTagKey& tag, std::size_t count) const;
  std::optional<long> integer(const DcmTagKey& tag) const;
  long required_integer(const DcmTagKey& tag, long lowest, long highest) const;
  /// The time that a date and a time element give together; nothing where either is empty.
  std::optional<DateTime> date_time(const DcmTagKey& date, const DcmTagKey& time) const;
  std::optional<ZonedDateTime> date_time(const DcmTagKey& tag) const;
  std::optional<std::int64_t> time_of_day(const DcmTagKey& tag) const;
  /// Timezone Offset From UTC in minutes; nothing where the file states none.
  std::optional<int> utc_offset_min() const;
  /// A DT element in the local time of the file, `file_offset_min` from UTC. Throws InputError where only the element
  /// states an offset.
  std::optional<DateTime> local_date_time(const DcmTagKey& tag, std::optional<int> file_offset_min) const;
  /// The tag that `creator` reserved for its element `number` (0x00 to 0xff) of a private group; nothing if it reserved
  /// none in this data set (DICOM PS3.5 7.8.1).
  std::optional<DcmTagKey> private_tag(std::uint16_t group, std::uint8_t number, std::string_view creator) const;
  /// The first item of a sequence; nothing if it is absent or has none.
  std::optional<Dataset> first_item(const DcmTagKey& sequence) const;
  /// The items of a sequence, `most` at most; none if it is absent.
  std::vector<Dataset> items(const DcmTagKey& sequence,
                             std::size_t most = std::numeric_limits<std::size_t>::max()) const;

 private:
  Dataset(Elements elements, const Dataset& parent);
  Dataset item(Elements elements, const DcmTagKey& sequence) const;
  InputError malformed(const DcmTagKey& tag, std::string_view found, std::string_view expected) const;
  const Element* find(const DcmTagKey& tag) const;
  std::string_view raw_text(const DcmTagKey& tag) const;
  std::vector<double> binary_numbers(const Element& element, const DcmTagKey& tag) const;

  Elements elements_;
  std::string file_;
  std::string character_set_;  ///< of names and descriptions
  std::shared_ptr<const Identity> identity_;
};

/// `text` in quotation marks, cut to 40 characters, without control characters.
std::string quote(std::string_view text);

}  // namespace pet::detail
