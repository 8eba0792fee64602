// SPDX-License-Identifier: Apache-2.0
#include "libpet/dicom/detail/dataset.h"

#include <dcmtk/dcmdata/dcrledrg.h>
#include <dcmtk/dcmjpeg/djdecode.h>
#include <dcmtk/dcmjpls/djdecode.h>

#include <cmath>
#include <cstring>
#include <mutex>

#include "libpet/dicom/detail/clean_text.h"
#include "libpet/dicom/detail/identity.h"
#include "libpet/dicom/detail/number_text.h"

namespace pet::detail {

void prepare_dcmtk() {
  static std::once_flag once;
  std::call_once(once, [] {
    dcmEnableUnknownVRConversion.set(OFTrue);
    OFLog::configure(OFLogger::OFF_LOG_LEVEL);
    DcmRLEDecoderRegistration::registerCodecs();
    DJDecoderRegistration::registerCodecs();
    DJLSDecoderRegistration::registerCodecs();
    auto& dictionary = dcmDataDict.wrlock();
    dictionary.addEntry(new DcmDictEntry(0x7053, 0x09, EVR_DS, "ActivityConcentrationScaleFactor", 1, 1, "private",
                                         OFTrue, "Philips PET Private Group"));
    dictionary.addEntry(
        new DcmDictEntry(0x0009, 0x0D, EVR_DT, "PETScanDateTime", 1, 1, "private", OFTrue, "GEMS_PETD_01"));
    dictionary.addEntry(
        new DcmDictEntry(0x0071, 0x22, EVR_DT, "DecayCorrectionDateTime", 1, 1, "private", OFTrue, "SIEMENS MED PT"));
    dcmDataDict.wrunlock();
  });
}

std::string quote(std::string_view text) {
  constexpr std::size_t longest = 40;
  std::string result = "'";
  for (const unsigned char c : text.substr(0, longest)) result += c < 32 || c > 126 ? '?' : static_cast<char>(c);
  return result + (text.size() > longest ? "...'" : "'");
}

Dataset::Dataset(Elements elements, std::string file) : elements_(std::move(elements)), file_(std::move(file)) {
  character_set_ = raw_text(DCM_SpecificCharacterSet);
  identity_ = std::make_shared<Identity>(*this);
}

Dataset::Dataset(Elements elements, const Dataset& parent)
    : elements_(std::move(elements)), file_(parent.file_), identity_(parent.identity_) {
  character_set_ = raw_text(DCM_SpecificCharacterSet);
  if (character_set_.empty()) character_set_ = parent.character_set_;
}

std::string Dataset::quoted(std::string_view text) const {
  return identity_->quoted(text);
}

std::string Dataset::where(const DcmTagKey& tag) const {
  DcmTag named(tag);
  return file_ + " tag " + tag.toString() + " " + named.getTagName();
}

InputError Dataset::malformed(const DcmTagKey& tag, std::string_view found, std::string_view expected) const {
  return bad_input(where(tag), found, expected);
}

const Element* Dataset::find(const DcmTagKey& tag) const {
  const Element* element = elements_.find(std::uint32_t{tag.getGroup()} << 16 | tag.getElement());
  return element != nullptr && !element->value.empty() ? element : nullptr;
}

std::string_view Dataset::raw_text(const DcmTagKey& tag) const {
  const Element* element = find(tag);
  if (element == nullptr) return {};
  constexpr std::string_view texts = "AE AS CS DA DS DT IS LO LT PN SH ST TM UC UI UR UT";
  if (texts.find(element->representation()) == std::string_view::npos)
    throw malformed(tag, "VR " + std::string(element->representation()), "a VR that holds text");
  return trimmed({reinterpret_cast<const char*>(element->value.data()), element->value.size()});
}

std::string Dataset::text(const DcmTagKey& tag) const {
  constexpr std::string_view in_character_set = "LO LT PN SH ST UC UT";
  const std::string_view value = raw_text(tag);
  if (value.empty()) return {};
  const bool is_coded = in_character_set.find(find(tag)->representation()) == std::string_view::npos;
  return clean_text(value, is_coded ? std::string_view() : character_set_);
}

std::string Dataset::required_text(const DcmTagKey& tag) const {
  std::string value = text(tag);
  if (value.empty()) throw malformed(tag, "no value", "one");
  return value;
}

std::vector<double> Dataset::binary_numbers(const Element& element, const DcmTagKey& tag) const {
  const std::string_view vr = element.representation();
  std::vector<double> values;
  const auto take = [&]<typename Stored>(Stored stored) {
    for (std::size_t i = 0; i + sizeof stored <= element.value.size(); i += sizeof stored) {
      std::memcpy(&stored, element.value.data() + i, sizeof stored);
      values.push_back(static_cast<double>(stored));
    }
  };
  if (vr == "US")
    take(std::uint16_t{});
  else if (vr == "SS")
    take(std::int16_t{});
  else if (vr == "UL")
    take(std::uint32_t{});
  else if (vr == "SL")
    take(std::int32_t{});
  else if (vr == "FL")
    take(float{});
  else if (vr == "FD")
    take(double{});
  else
    throw malformed(tag, "VR " + std::string(vr), "a VR that holds numbers");
  for (const double value : values)
    if (!std::isfinite(value)) throw malformed(tag, "a value that is not finite", "a finite number");
  return values;
}

std::vector<double> Dataset::numbers(const DcmTagKey& tag) const {
  const Element* element = find(tag);
  if (element == nullptr) return {};
  if (element->representation() != "DS" && element->representation() != "IS") return binary_numbers(*element, tag);
  const std::string_view whole = raw_text(tag);
  if (whole.empty()) return {};
  std::vector<double> values;
  for (const std::string_view part : split_values(whole)) {
    const auto value = parse_number(part);
    if (!value) throw malformed(tag, quoted(whole), "numbers with a decimal point");
    values.push_back(*value);
  }
  return values;
}

std::optional<double> Dataset::number(const DcmTagKey& tag) const {
  const std::vector<double> values = numbers(tag);
  if (values.size() > 1) throw malformed(tag, std::to_string(values.size()) + " values", "one");
  return values.empty() ? std::nullopt : std::optional(values.front());
}

double Dataset::required_number(const DcmTagKey& tag) const {
  const auto value = number(tag);
  if (!value) throw malformed(tag, "no value", "a number");
  return *value;
}

std::vector<double> Dataset::required_numbers(const DcmTagKey& tag, std::size_t count) const {
  std::vector<double> values = numbers(tag);
  if (values.size() != count)
    throw malformed(tag, std::to_string(values.size()) + " values", std::to_string(count) + " numbers");
  return values;
}

std::optional<long> Dataset::integer(const DcmTagKey& tag) const {
  const auto value = number(tag);
  if (!value) return std::nullopt;
  if (*value != std::nearbyint(*value) || std::abs(*value) > 2147483648.0)
    throw malformed(tag, std::to_string(*value), "a whole number");
  return static_cast<long>(*value);
}

long Dataset::required_integer(const DcmTagKey& tag, long lowest, long highest) const {
  const auto value = integer(tag);
  if (!value) throw malformed(tag, "no value", "a whole number");
  if (*value < lowest || *value > highest)
    throw malformed(tag, std::to_string(*value), std::to_string(lowest) + " to " + std::to_string(highest));
  return *value;
}

std::optional<DateTime> Dataset::date_time(const DcmTagKey& date_tag, const DcmTagKey& time_tag) const {
  const std::string_view date_text = raw_text(date_tag);
  const auto time = time_of_day(time_tag);
  if (date_text.empty() || !time) return std::nullopt;
  const auto date = parse_date(date_text);
  if (!date) throw malformed(date_tag, quoted(date_text), "a date YYYYMMDD");
  return DateTime{date->us + *time};
}

std::optional<ZonedDateTime> Dataset::date_time(const DcmTagKey& tag) const {
  const std::string_view value = raw_text(tag);
  if (value.empty()) return std::nullopt;
  const auto time = parse_date_time(value);
  if (!time) throw malformed(tag, quoted(value), "a date and time YYYYMMDDHHMMSS.FFFFFF");
  return time;
}

std::optional<std::int64_t> Dataset::time_of_day(const DcmTagKey& tag) const {
  const std::string_view value = raw_text(tag);
  if (value.empty()) return std::nullopt;
  const auto time = parse_time_of_day(value);
  if (!time) throw malformed(tag, quoted(value), "a time HHMMSS.FFFFFF");
  return time;
}

std::optional<int> Dataset::utc_offset_min() const {
  const std::string_view value = raw_text(DCM_TimezoneOffsetFromUTC);
  if (value.empty()) return std::nullopt;
  const auto offset = parse_utc_offset(value);
  if (!offset) throw malformed(DCM_TimezoneOffsetFromUTC, quoted(value), "an offset from UTC like +0100");
  return offset;
}

std::optional<DateTime> Dataset::local_date_time(const DcmTagKey& tag, std::optional<int> file_offset_min) const {
  const auto time = date_time(tag);
  if (!time) return std::nullopt;
  if (!time->utc_offset_min) return time->local;
  if (!file_offset_min)
    throw malformed(tag, "a time with an offset from UTC in a file without (0008,0201) TimezoneOffsetFromUTC",
                    "both or none");
  return plus_seconds(time->local, 60.0 * (*file_offset_min - *time->utc_offset_min));
}

std::optional<DcmTagKey> Dataset::private_tag(std::uint16_t group,
                                              std::uint8_t number,
                                              std::string_view creator) const {
  for (const Element& element : elements_.list) {
    const std::uint32_t block = element.tag & 0xFFFF;
    if (element.tag >> 16 != group || block < 0x10 || block > 0xFF) continue;
    if (trimmed({reinterpret_cast<const char*>(element.value.data()), element.value.size()}) == creator)
      return DcmTagKey(group, static_cast<Uint16>(block << 8 | number));
  }
  return std::nullopt;
}

std::optional<Dataset> Dataset::first_item(const DcmTagKey& sequence) const {
  const Element* element = find(sequence);
  if (element == nullptr) return std::nullopt;
  if (element->representation() != "SQ") throw malformed(sequence, "no sequence", "one");
  return item(split_first_item(element->value, Unknown::to_keep), sequence);
}

std::vector<Dataset> Dataset::items(const DcmTagKey& sequence, std::size_t most) const {
  std::vector<Dataset> result;
  const Element* element = find(sequence);
  if (element == nullptr) return result;
  if (element->representation() != "SQ") throw malformed(sequence, "no sequence", "one");
  for (Elements& elements : split_items(element->value, most, Unknown::to_keep))
    result.push_back(item(std::move(elements), sequence));
  return result;
}

Dataset Dataset::item(Elements elements, const DcmTagKey& sequence) const {
  if (elements.end != Elements::End::complete)
    throw malformed(sequence, "an item that is not well-formed", "well-formed items");
  return {std::move(elements), *this};
}

}  // namespace pet::detail
