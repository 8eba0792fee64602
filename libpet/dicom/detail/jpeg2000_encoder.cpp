// SPDX-License-Identifier: Apache-2.0
#include "libpet/dicom/detail/jpeg2000_encoder.h"

#include <dcmtk/dcmdata/dcpixel.h>
#include <dcmtk/dcmdata/dcpixseq.h>
#include <dcmtk/dcmdata/dcpxitem.h>
#include <openjpeg.h>

#include <algorithm>
#include <cstring>
#include <memory>
#include <string>

#include "libpet/error.h"
#include "libpet/io/output_files.h"

namespace pet::detail {
namespace {

struct Sink {
  std::vector<unsigned char> bytes;
  std::size_t at = 0;
};

OPJ_SIZE_T write_some(void* from, OPJ_SIZE_T count, void* user) {
  auto& sink = *static_cast<Sink*>(user);
  sink.bytes.resize(std::max(sink.bytes.size(), sink.at + count));
  std::memcpy(sink.bytes.data() + sink.at, from, count);
  sink.at += count;
  return count;
}

OPJ_BOOL seek_to(OPJ_OFF_T offset, void* user) {
  static_cast<Sink*>(user)->at = static_cast<std::size_t>(offset);
  return OPJ_TRUE;
}

OPJ_OFF_T skip_some(OPJ_OFF_T count, void* user) {
  static_cast<Sink*>(user)->at += static_cast<std::size_t>(count);
  return count;
}

void require_encoded(bool is_good, const std::string& what) {
  if (!is_good) throw OutputError("JPEG 2000 cannot be encoded: " + what);
}

void require(const OFCondition& status) {
  require_encoded(status.good(), status.text());
}

using Image = std::unique_ptr<opj_image_t, decltype(&opj_image_destroy)>;
using Codec = std::unique_ptr<opj_codec_t, decltype(&opj_destroy_codec)>;
using Stream = std::unique_ptr<opj_stream_t, decltype(&opj_stream_destroy)>;

Image image_of(const std::vector<std::int32_t>& values, const CodestreamOptions& options) {
  opj_image_cmptparm_t component{};
  component.dx = component.dy = 1;
  component.w = static_cast<OPJ_UINT32>(options.columns);
  component.h = static_cast<OPJ_UINT32>(options.rows);
  component.prec = static_cast<OPJ_UINT32>(options.bits);
  component.sgnd = options.is_signed;
  Image image(opj_image_create(1, &component, OPJ_CLRSPC_GRAY), &opj_image_destroy);
  require_encoded(image != nullptr, "image");
  image->x1 = component.w;
  image->y1 = component.h;
  std::copy(values.begin(), values.end(), image->comps[0].data);
  return image;
}

std::vector<std::int32_t> stored_values(DcmDataset& data, const CodestreamOptions& options) {
  const Uint16* stored = nullptr;
  unsigned long count = 0;
  require(data.findAndGetUint16Array(DCM_PixelData, stored, &count));
  std::vector<std::int32_t> values;
  for (unsigned long i = 0; i < count; ++i)
    values.push_back(options.is_signed ? static_cast<std::int16_t>(stored[i]) : stored[i]);
  return values;
}

}  // namespace

std::vector<unsigned char> codestream_of(const std::vector<std::int32_t>& values, const CodestreamOptions& options) {
  const auto image = image_of(values, options);
  opj_cparameters_t parameters;
  opj_set_default_encoder_parameters(&parameters);
  parameters.irreversible = options.is_lossy;
  parameters.tcp_numlayers = 1;
  parameters.tcp_rates[0] = options.is_lossy ? 10.0f : 0.0f;
  parameters.cp_disto_alloc = 1;
  parameters.numresolution = std::min(options.rows, options.columns) < 32 ? 1 : 6;
  const Codec codec(opj_create_compress(OPJ_CODEC_J2K), &opj_destroy_codec);
  require_encoded(opj_setup_encoder(codec.get(), &parameters, image.get()), "parameters");
  Sink sink;
  const Stream stream(opj_stream_default_create(OPJ_FALSE), &opj_stream_destroy);
  opj_stream_set_user_data(stream.get(), &sink, nullptr);
  opj_stream_set_write_function(stream.get(), write_some);
  opj_stream_set_seek_function(stream.get(), seek_to);
  opj_stream_set_skip_function(stream.get(), skip_some);
  require_encoded(opj_start_compress(codec.get(), image.get(), stream.get()) && opj_encode(codec.get(), stream.get()) &&
                      opj_end_compress(codec.get(), stream.get()),
                  "image");
  return sink.bytes;
}

void put_fragments(DcmDataset& data,
                   E_TransferSyntax syntax,
                   const std::vector<std::vector<unsigned char>>& fragments) {
  auto sequence = std::make_unique<DcmPixelSequence>(DCM_PixelSequenceTag);
  require(sequence->insert(new DcmPixelItem(DCM_PixelItemTag)));
  for (std::vector<unsigned char> fragment : fragments) {
    if (fragment.size() % 2 != 0) fragment.push_back(0);
    auto item = std::make_unique<DcmPixelItem>(DCM_PixelItemTag);
    require(item->putUint8Array(fragment.data(), fragment.size()));
    require(sequence->insert(item.release()));
  }
  data.findAndDeleteElement(DCM_PixelData);
  auto pixels = std::make_unique<DcmPixelData>(DCM_PixelData);
  pixels->putOriginalRepresentation(syntax, nullptr, sequence.release());
  require(data.insert(pixels.release(), OFTrue));
  require(data.chooseRepresentation(syntax, nullptr));
}

void compress_jpeg2000(DcmDataset& data, E_TransferSyntax syntax) {
  Uint16 rows = 0, columns = 0, bits = 0, sign = 0;
  require(data.findAndGetUint16(DCM_Rows, rows));
  require(data.findAndGetUint16(DCM_Columns, columns));
  require(data.findAndGetUint16(DCM_BitsStored, bits));
  require(data.findAndGetUint16(DCM_PixelRepresentation, sign));
  const CodestreamOptions options{rows, columns, bits, sign == 1, syntax == EXS_JPEG2000};
  const std::vector<std::int32_t> values = stored_values(data, options);
  const auto frame = static_cast<std::ptrdiff_t>(rows) * columns;
  std::vector<std::vector<unsigned char>> fragments;
  for (auto from = values.begin(); values.end() - from >= frame; from += frame)
    fragments.push_back(codestream_of({from, from + frame}, options));
  put_fragments(data, syntax, fragments);
  if (options.is_lossy) require(data.putAndInsertString(DCM_LossyImageCompression, "01"));
}

}  // namespace pet::detail
