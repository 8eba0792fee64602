// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <dcmtk/config/osconfig.h>
#include <dcmtk/dcmdata/dctk.h>

#include <stdexcept>
#include <string>

namespace pet::test {

/// Throws std::runtime_error where DCMTK could not do what was asked of it.
inline void require(const OFCondition& status) {
  if (status.bad()) throw std::runtime_error(status.text());
}

/// Sets the text of an element.
inline void put(DcmItem& item, const DcmTagKey& tag, const std::string& value) {
  require(item.putAndInsertString(tag, value.c_str()));
}

}  // namespace pet::test
