// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <dcmtk/config/osconfig.h>
#include <dcmtk/dcmdata/dctk.h>

#include <cstdint>
#include <vector>

namespace pet::detail {

/// A JPEG 2000 codestream (ITU-T T.800) of one component. The functions throw OutputError.
struct CodestreamOptions {
  int rows = 0;
  int columns = 0;
  int bits = 16;
  bool is_signed = false;
  bool is_lossy = false;  ///< the 9-7 wavelet, at a tenth of the size
};

std::vector<unsigned char> codestream_of(const std::vector<std::int32_t>& values, const CodestreamOptions& options);

/// Replaces native pixels of 16 bits by JPEG 2000, one fragment a frame: with loss for EXS_JPEG2000.
void compress_jpeg2000(DcmDataset& data, E_TransferSyntax syntax);

/// Puts fragments in place of the pixels of a data set, without a table of offsets.
void put_fragments(DcmDataset& data, E_TransferSyntax syntax, const std::vector<std::vector<unsigned char>>& fragments);

}  // namespace pet::detail
