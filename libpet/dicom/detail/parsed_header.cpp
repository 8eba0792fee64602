// SPDX-License-Identifier: Apache-2.0
#include "libpet/dicom/detail/parsed_header.h"

#include <dcmtk/config/osconfig.h>
#include <dcmtk/dcmdata/dcistrmb.h>
#include <dcmtk/dcmdata/dcostrmb.h>
#include <dcmtk/dcmdata/dctk.h>

#include <algorithm>
#include <memory>

#include "libpet/dicom/detail/dataset.h"

namespace pet::detail {
namespace {

std::uint32_t number_at(const unsigned char* bytes, int count, bool is_big_endian) {
  std::uint32_t value = 0;
  for (int i = 0; i < count; ++i) value |= std::uint32_t{bytes[i]} << 8 * (is_big_endian ? count - 1 - i : i);
  return value;
}

// Lets DCMTK read a long element later, once it has seen that the bytes hold it. Otherwise it takes as much memory as
// an element only claims.
class LaterRead : public DcmInputStreamFactory {
 public:
  explicit LaterRead(Bytes bytes) : bytes_(bytes) {}
  DcmInputStream* create() const override {
    auto stream = std::make_unique<DcmInputBufferStream>();
    stream->setBuffer(bytes_.data(), static_cast<offile_off_t>(bytes_.size()));
    stream->setEos();
    return stream.release();
  }
  DcmInputStreamFactory* clone() const override { return new LaterRead(*this); }
  DcmInputStreamFactoryType ident() const override { return DFT_DcmInputFileStreamFactory; }

 private:
  Bytes bytes_;
};

class CheckedStream : public DcmInputBufferStream {
 public:
  explicit CheckedStream(Bytes bytes) : bytes_(bytes) {
    setBuffer(bytes.data(), static_cast<offile_off_t>(bytes.size()));
    setEos();
  }
  DcmInputStreamFactory* newFactory() const override {
    return new LaterRead(bytes_.subspan(std::min(bytes_.size(), static_cast<std::size_t>(tell()))));
  }
  // Places in what is deflated are not those in the bytes.
  OFCondition installCompressionFilter(E_StreamCompression) override { return EC_UnsupportedEncoding; }

 private:
  Bytes bytes_;
};

// Big endian reverses words, not pixels: those of OW have two bytes however long a pixel is, OB has none (DICOM PS3.5
// 6.2 and 7.3).
std::size_t word_bytes(std::uint16_t pixel_element, bool are_bytes) {
  if (pixel_element == 0x0008) return sizeof(float);
  if (pixel_element == 0x0009) return sizeof(double);
  return are_bytes ? 1 : sizeof(std::uint16_t);
}

// Reads where the pixels are from the bytes before `end`, at which the parser stopped. False if it did not stop there.
bool find_pixels(std::span<const unsigned char> bytes, std::size_t end, const DcmXfer& syntax, FileHeader& header) {
  const std::size_t tag_bytes = syntax.isExplicitVR() ? 12 : 8;
  if (end < tag_bytes || end > bytes.size()) return false;
  const unsigned char* tag = bytes.data() + end - tag_bytes;
  if (number_at(tag, 2, header.is_big_endian) != 0x7FE0) return false;
  header.pixel_element = static_cast<std::uint16_t>(number_at(tag + 2, 2, header.is_big_endian));
  header.pixel_offset = end;
  header.pixel_length = number_at(bytes.data() + end - 4, 4, header.is_big_endian);
  if (header.is_big_endian)
    header.pixel_word_bytes = word_bytes(header.pixel_element, syntax.isExplicitVR() && tag[4] == 'O' && tag[5] == 'B');
  return header.pixel_element == 0x0008 || header.pixel_element == 0x0009 || header.pixel_element == 0x0010;
}

// The data set in explicit little endian, split. What DCMTK does not know stays unknown.
bool fill_elements(DcmDataset& data, FileHeader& header) {
  header.bytes.resize(data.getLength(EXS_LittleEndianExplicit, EET_ExplicitLength) + 1024);
  DcmOutputBufferStream stream(header.bytes.data(), static_cast<offile_off_t>(header.bytes.size()));
  data.transferInit();
  const OFCondition status = data.write(stream, EXS_LittleEndianExplicit, EET_ExplicitLength, nullptr);
  data.transferEnd();
  if (status.bad()) return false;
  void* written = nullptr;
  offile_off_t length = 0;
  stream.flushBuffer(written, length);
  header.bytes.resize(static_cast<std::size_t>(length));
  header.elements = split_elements(header.bytes, 0, Unknown::to_keep);
  return header.elements.end == Elements::End::complete || header.elements.end == Elements::End::at_pixels;
}

}  // namespace

bool parse_with_dcmtk(std::span<unsigned char> bytes, FileHeader& header) {
  prepare_dcmtk();
  DcmFileFormat file;
  CheckedStream stream(bytes);
  file.transferInit();
  const OFCondition status =
      file.readUntilTag(stream, EXS_Unknown, EGL_noChange, DCM_MaxReadLength, DcmTagKey(0x7FE0, 0x0008));
  file.transferEnd();
  if (status.bad()) return false;

  const DcmXfer syntax(file.getDataset()->getOriginalXfer());
  header.transfer_syntax = syntax.getXferName();
  header.is_big_endian = syntax.getByteOrder() == EBO_BigEndian;
  header.is_native = !syntax.isEncapsulated();
  const bool is_whole_file = bytes.size() == header.file_size;
  if (!find_pixels(bytes, static_cast<std::size_t>(stream.tell()), syntax, header)) {
    if (!is_whole_file) return false;
    header.pixel_element = 0;
  }
  return fill_elements(*file.getDataset(), header);
}

}  // namespace pet::detail
