// SPDX-License-Identifier: Apache-2.0
#include "libpet/tracer.h"

#include <algorithm>

namespace pet {
namespace {

std::string lower_case(std::string text) {
  for (char& c : text)
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  return text;
}

}  // namespace

std::string name_of(Source::Status status) {
  switch (status) {
    case Source::Status::found:
      return "found";
    case Source::Status::unverified:
      return "unverified";
    case Source::Status::assumed:
      return "assumed";
    case Source::Status::computed:
      return "computed";
  }
  return "";
}

Tracer::Endpoint Tracer::endpoint_for(const std::string& drug) const {
  const auto is_drug = [&](const std::string& other) { return lower_case(other) == lower_case(drug); };
  return std::any_of(change_only_drugs.begin(), change_only_drugs.end(), is_drug) ? Endpoint::change : endpoint;
}

}  // namespace pet
