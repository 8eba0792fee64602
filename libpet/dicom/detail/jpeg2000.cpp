// SPDX-License-Identifier: Apache-2.0
#include "libpet/dicom/detail/jpeg2000.h"

#include <dcmtk/config/osconfig.h>
#include <dcmtk/dcmdata/dctk.h>
#include <openjpeg.h>

#include <algorithm>
#include <cstring>
#include <memory>
#include <optional>

#include "libpet/error.h"

namespace pet::detail {
namespace {

// What the SIZ marker segment says of the image (T.800 A.5.1).
struct ImageSize {
  std::int64_t columns = 0;
  std::int64_t rows = 0;
  std::int64_t tiles = 0;
  int components = 0;
  int bits = 0;
  bool is_signed = false;
};

std::int64_t big_endian(const unsigned char* bytes, std::size_t count) {
  std::int64_t value = 0;
  for (std::size_t i = 0; i < count; ++i) value = value << 8 | bytes[i];
  return value;
}

std::int64_t tiles_along(std::int64_t end, std::int64_t tile_origin, std::int64_t tile) {
  return (end - tile_origin + tile - 1) / tile;
}

// Nothing where the codestream does not begin with what it has to begin with.
std::optional<ImageSize> image_size(Bytes codestream) {
  constexpr std::size_t one_component_bytes = 45;
  constexpr unsigned char start[] = {0xFF, 0x4F, 0xFF, 0x51};  // SOC, SIZ
  if (codestream.size() < one_component_bytes || std::memcmp(codestream.data(), start, sizeof start) != 0)
    return std::nullopt;
  const auto number = [&](std::size_t offset, std::size_t count) {
    return big_endian(codestream.data() + offset, count);
  };
  const std::int64_t x_end = number(8, 4), y_end = number(12, 4), x_tile = number(24, 4), y_tile = number(28, 4);
  const bool is_sampled = codestream[43] == 1 && codestream[44] == 1;
  if (x_tile == 0 || y_tile == 0 || !is_sampled) return std::nullopt;
  ImageSize size;
  size.columns = x_end - number(16, 4);
  size.rows = y_end - number(20, 4);
  const std::int64_t x_tiles = tiles_along(x_end, number(32, 4), x_tile);
  const std::int64_t y_tiles = tiles_along(y_end, number(36, 4), y_tile);
  constexpr std::int64_t most_tiles = 65535;  // T.800 A.4.2
  if (x_tiles < 1 || x_tiles > most_tiles || y_tiles < 1 || y_tiles > most_tiles) return std::nullopt;
  size.tiles = x_tiles * y_tiles;
  size.components = static_cast<int>(number(40, 2));
  size.bits = (codestream[42] & 0x7F) + 1;
  size.is_signed = (codestream[42] & 0x80) != 0;
  return size;
}

InputError damaged(const Instance& instance) {
  return bad_input(instance.file.string() + " tag (7fe0,0010) PixelData", "a damaged or truncated JPEG 2000 codestream",
                   "one that is whole");
}

void require_equal(const Instance& instance, const char* tag, std::int64_t stated, std::int64_t coded) {
  if (stated != coded)
    throw bad_input(instance.file.string() + " tag " + tag, std::to_string(stated),
                    std::to_string(coded) + ", as the JPEG 2000 codestream has");
}

// What is decoded takes as much memory as the header said, which was held against the size of the file.
void require_stated_size(Bytes codestream, const Instance& instance) {
  constexpr std::int64_t least_bytes_of_tile = 14;  // marker segment SOT and marker SOD
  const auto size = image_size(codestream);
  if (!size) throw damaged(instance);
  require_equal(instance, "(0028,0010) Rows", instance.rows, size->rows);
  require_equal(instance, "(0028,0011) Columns", instance.columns, size->columns);
  require_equal(instance, "(0028,0002) SamplesPerPixel", 1, size->components);
  require_equal(instance, "(0028,0101) BitsStored", instance.pixels.bits_stored, size->bits);
  require_equal(instance, "(0028,0103) PixelRepresentation", instance.pixels.is_signed, size->is_signed);
  if (size->tiles * least_bytes_of_tile > static_cast<std::int64_t>(codestream.size())) throw damaged(instance);
}

struct Source {
  Bytes bytes;
  std::size_t at = 0;
};

constexpr auto at_end = static_cast<OPJ_SIZE_T>(-1);

OPJ_SIZE_T read_some(void* to, OPJ_SIZE_T count, void* user) {
  auto& source = *static_cast<Source*>(user);
  const std::size_t some = std::min(count, source.bytes.size() - source.at);
  if (some == 0) return at_end;
  std::memcpy(to, source.bytes.data() + source.at, some);
  source.at += some;
  return some;
}

OPJ_BOOL seek_to(OPJ_OFF_T offset, void* user) {
  auto& source = *static_cast<Source*>(user);
  if (offset < 0 || static_cast<std::size_t>(offset) > source.bytes.size()) return OPJ_FALSE;
  source.at = static_cast<std::size_t>(offset);
  return OPJ_TRUE;
}

OPJ_OFF_T skip_some(OPJ_OFF_T count, void* user) {
  return seek_to(static_cast<OPJ_OFF_T>(static_cast<Source*>(user)->at) + count, user) ? count : -1;
}

using Image = std::unique_ptr<opj_image_t, decltype(&opj_image_destroy)>;
using Codec = std::unique_ptr<opj_codec_t, decltype(&opj_destroy_codec)>;
using Stream = std::unique_ptr<opj_stream_t, decltype(&opj_stream_destroy)>;

Stream stream_of(Source& source) {
  Stream stream(opj_stream_create(std::min<std::size_t>(source.bytes.size(), OPJ_J2K_STREAM_CHUNK_SIZE), OPJ_TRUE),
                &opj_stream_destroy);
  if (!stream) throw std::bad_alloc();
  opj_stream_set_user_data(stream.get(), &source, nullptr);
  opj_stream_set_user_data_length(stream.get(), source.bytes.size());
  opj_stream_set_read_function(stream.get(), read_some);
  opj_stream_set_seek_function(stream.get(), seek_to);
  opj_stream_set_skip_function(stream.get(), skip_some);
  return stream;
}

// Nothing where OpenJPEG cannot decode all of it.
Image decoded(Bytes codestream) {
  Source source{codestream};
  const Stream stream = stream_of(source);
  const Codec codec(opj_create_decompress(OPJ_CODEC_J2K), &opj_destroy_codec);
  if (!codec) throw std::bad_alloc();
  opj_dparameters_t parameters;
  opj_set_default_decoder_parameters(&parameters);
  opj_image_t* image = nullptr;
  const bool is_whole = opj_setup_decoder(codec.get(), &parameters) &&
                        opj_read_header(stream.get(), codec.get(), &image) &&
                        opj_decode(codec.get(), stream.get(), image) && opj_end_decompress(codec.get(), stream.get());
  Image owner(image, &opj_image_destroy);
  if (!is_whole) owner.reset();
  return owner;
}

}  // namespace

bool is_jpeg2000(const std::string& transfer_syntax) {
  const E_TransferSyntax syntax = DcmXfer(transfer_syntax.c_str()).getXfer();
  return syntax == EXS_JPEG2000LosslessOnly || syntax == EXS_JPEG2000;
}

void decode_jpeg2000(Bytes codestream, const Instance& instance, std::span<unsigned char> pixels) {
  require_stated_size(codestream, instance);
  const Image image = decoded(codestream);
  const auto bytes = static_cast<std::size_t>(instance.pixels.bits_allocated / 8);
  const std::size_t count = pixels.size() / bytes;
  if (!image || image->numcomps != 1 || image->comps[0].data == nullptr ||
      std::size_t{image->comps[0].w} * image->comps[0].h != count)
    throw damaged(instance);
  for (std::size_t i = 0; i < count; ++i) std::memcpy(pixels.data() + i * bytes, image->comps[0].data + i, bytes);
}

}  // namespace pet::detail
