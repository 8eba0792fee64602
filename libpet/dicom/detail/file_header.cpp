// SPDX-License-Identifier: Apache-2.0
#include "libpet/dicom/detail/file_header.h"

#include <dcmtk/config/osconfig.h>
#include <dcmtk/dcmdata/dctk.h>

#include <algorithm>
#include <cctype>
#include <cstring>

#include "libpet/dicom/detail/file_bytes.h"
#include "libpet/dicom/detail/inflated.h"
#include "libpet/dicom/detail/number_text.h"
#include "libpet/dicom/detail/parsed_header.h"
#include "libpet/error.h"

namespace pet::detail {
namespace {

constexpr std::size_t preamble_bytes = 132;
// Most headers fit; those that do not (private elements of some scanners) are read again with a larger part.
constexpr std::size_t first_part_bytes = 16384;
constexpr std::uint32_t transfer_syntax_tag = 0x00020010;
constexpr std::uint32_t radiopharmaceutical_tag = 0x00540016;

enum class Outcome { done, needs_more, unusual };

bool has_preamble(Bytes bytes) {
  return bytes.size() >= preamble_bytes && std::memcmp(bytes.data() + 128, "DICM", 4) == 0;
}

std::string_view text_of(const Element& element) {
  return trimmed({reinterpret_cast<const char*>(element.value.data()), element.value.size()});
}

// Takes over the transfer syntax if its data sets are in explicit little endian.
bool take_syntax(const Elements& elements, FileHeader& header) {
  const Element* element = elements.find(transfer_syntax_tag);
  if (element == nullptr) return false;
  const DcmXfer syntax(std::string(text_of(*element)).c_str());
  if (syntax.getXfer() == EXS_Unknown || !syntax.isExplicitVR() || syntax.getByteOrder() != EBO_LittleEndian ||
      syntax.getStreamCompression() != ESC_none)
    return false;
  header.transfer_syntax = syntax.getXferName();
  header.is_native = !syntax.isEncapsulated();
  return true;
}

// Reads the tag, representation and length of the pixels.
Outcome take_pixels(Bytes bytes, std::size_t offset, FileHeader& header) {
  constexpr std::size_t tag_bytes = 12;
  if (bytes.size() - offset < tag_bytes) return Outcome::needs_more;
  if (bytes[offset + 4] != 'O') return Outcome::unusual;  // OB, OW, OF or OD
  header.pixel_element = static_cast<std::uint16_t>(little_endian(&bytes[offset + 2], 2));
  header.pixel_length = little_endian(&bytes[offset + 8], 4);
  header.pixel_offset = offset + tag_bytes;
  return Outcome::done;
}

// Lets `header` own the bytes of its elements.
void keep_bytes(Bytes bytes, Elements&& elements, FileHeader& header) {
  header.bytes.assign(bytes.begin(), bytes.begin() + static_cast<std::ptrdiff_t>(elements.next));
  for (Element& element : elements.list)
    element.value = Bytes(header.bytes.data() + (element.value.data() - bytes.data()), element.value.size());
  header.elements = std::move(elements);
}

Outcome split_plain(Bytes bytes, FileHeader& header) {
  if (!has_preamble(bytes)) return Outcome::unusual;
  Elements elements = split_elements(bytes, preamble_bytes);
  if (elements.end == Elements::End::unusual || !take_syntax(elements, header)) return Outcome::unusual;
  const bool is_whole_file = bytes.size() == header.file_size;
  if (elements.end == Elements::End::cut_short) return is_whole_file ? Outcome::unusual : Outcome::needs_more;
  if (elements.end == Elements::End::complete && !is_whole_file) return Outcome::needs_more;
  if (const Element* tracer = elements.find(radiopharmaceutical_tag);
      tracer != nullptr && !tracer->value.empty() && split_first_item(tracer->value).end != Elements::End::complete)
    return Outcome::unusual;
  if (elements.end == Elements::End::at_pixels) {
    const Outcome outcome = take_pixels(bytes, elements.next, header);
    if (outcome != Outcome::done) return outcome;
  }
  keep_bytes(bytes, std::move(elements), header);
  return Outcome::done;
}

// The header of a data set that was deflated as a whole, pixels and all.
FileHeader read_deflated(const std::filesystem::path& path, const FileBytes& file, std::size_t data_set) {
  std::vector<unsigned char> deflated(file.size() - data_set);
  deflated.resize(file.read(deflated.data(), data_set, deflated.size()));
  auto bytes = inflated(deflated);
  FileHeader header;
  header.is_dicom = true;
  if (bytes) header.file_size = bytes->size();
  if (!bytes || !parse_with_dcmtk(*bytes, header) || header.is_big_endian || !header.is_native)
    throw bad_input(path.string(), "a damaged or truncated header", "a DICOM object");
  header.is_deflated = true;
  header.transfer_syntax = DcmXfer(EXS_DeflatedLittleEndianExplicit).getXferName();
  return header;
}

}  // namespace

bool looks_like_dicom(const unsigned char* bytes, std::size_t count) {
  if (has_preamble({bytes, count})) return true;
  if (count < 12) return false;
  for (const bool is_big_endian : {false, true}) {
    const auto number = [&](std::size_t at) {
      return is_big_endian ? std::uint32_t{bytes[at]} << 8 | bytes[at + 1] : little_endian(bytes + at, 2);
    };
    if ((number(0) != 0x0002 && number(0) != 0x0008) || number(2) > 0x0070) continue;
    if (std::isupper(bytes[4]) && std::isupper(bytes[5])) return true;
    if (!is_big_endian && little_endian(bytes + 4, 4) <= 256) return true;
  }
  return false;
}

FileHeader read_file_header(const std::filesystem::path& path) {
  // Kept from file to file; what the few headers that are longer need is freed with them.
  static thread_local std::vector<unsigned char> kept(8 * first_part_bytes);
  std::vector<unsigned char> longer;
  const FileBytes file(path);
  FileHeader header;
  header.file_size = file.size();
  std::size_t part = std::min(first_part_bytes, header.file_size);
  while (true) {
    std::vector<unsigned char>& buffer = part <= kept.size() ? kept : longer;
    if (buffer.size() < part) buffer.resize(part);
    const std::span<unsigned char> bytes(buffer.data(), file.read(buffer.data(), 0, part));
    if (bytes.size() < part) throw bad_input(path.string(), "a file that shrinks", "one that stays as it is");
    header.is_dicom = looks_like_dicom(bytes.data(), bytes.size());
    if (!header.is_dicom) return header;
    if (const auto data_set = deflated_data_set(bytes)) return read_deflated(path, file, *data_set);
    const Outcome outcome = split_plain(bytes, header);
    if (outcome == Outcome::done) return header;
    if (outcome == Outcome::unusual && parse_with_dcmtk(bytes, header)) return header;
    if (part == header.file_size) throw bad_input(path.string(), "a damaged or truncated header", "a DICOM object");
    part = std::min(header.file_size, part * 8);
  }
}

}  // namespace pet::detail
