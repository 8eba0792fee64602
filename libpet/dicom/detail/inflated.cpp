// SPDX-License-Identifier: Apache-2.0
#include "libpet/dicom/detail/inflated.h"

#include <dcmtk/config/osconfig.h>
#include <dcmtk/dcmdata/dcistrmb.h>
#include <dcmtk/dcmdata/dcistrmz.h>
#include <dcmtk/dcmdata/dctk.h>

#include <cstring>

#include "libpet/dicom/detail/number_text.h"

namespace pet::detail {

std::optional<std::size_t> deflated_data_set(Bytes bytes) {
  constexpr std::size_t preamble_bytes = 132;
  constexpr std::uint32_t transfer_syntax_tag = 0x00020010;
  if (bytes.size() < preamble_bytes || std::memcmp(bytes.data() + 128, "DICM", 4) != 0) return std::nullopt;
  const Elements elements = split_elements(bytes, preamble_bytes);
  const Element* syntax = elements.find(transfer_syntax_tag);
  if (syntax == nullptr || trimmed({reinterpret_cast<const char*>(syntax->value.data()), syntax->value.size()}) !=
                               UID_DeflatedExplicitVRLittleEndianTransferSyntax)
    return std::nullopt;
  // What comes after the meta elements is no element; the first of its bytes may look like one.
  std::size_t end = preamble_bytes;
  for (const Element& element : elements.list)
    if (element.tag >> 16 == 0x0002)
      end = static_cast<std::size_t>(element.value.data() - bytes.data()) + element.value.size();
  return end;
}

std::optional<std::vector<unsigned char>> inflated(Bytes data_set) {
  constexpr std::size_t most_compression = 1032;
  DcmBufferProducer producer;
  // DCMTK wants what it reads to be writable, and leaves it as it is.
  producer.setBuffer(const_cast<unsigned char*>(data_set.data()), static_cast<offile_off_t>(data_set.size()));
  producer.setEos();
  DcmZLibInputFilter filter;
  filter.append(producer);
  std::vector<unsigned char> bytes;
  std::size_t size = 0;
  while (filter.good() && !filter.eos()) {
    if (size == bytes.size()) bytes.resize(std::max<std::size_t>(4 * data_set.size(), 2 * size));
    const offile_off_t count = filter.read(bytes.data() + size, static_cast<offile_off_t>(bytes.size() - size));
    if (count <= 0) break;
    size += static_cast<std::size_t>(count);
    if (size > most_compression * (data_set.size() + 1)) return std::nullopt;
  }
  if (!filter.good() || size == 0) return std::nullopt;
  bytes.resize(size);
  return bytes;
}

}  // namespace pet::detail
