// SPDX-License-Identifier: Apache-2.0
#include "tools/endpoint.h"

#include <filesystem>

#include "libpet/data_folder.h"
#include "libpet/io/tracer_file.h"

namespace pet {

void require_endpoint(const std::optional<std::string>& tracer,
                      const std::string& of_scans,
                      const std::string& drug,
                      OccupancyMethod method) {
  if (!tracer && of_scans.empty()) return;
  const std::filesystem::path folder = data_folder() / "tracers";
  if (tracer)
    require_endpoint(find_tracer(*tracer, folder), drug, method);
  else if (const auto described = described_tracer(of_scans, folder))
    require_endpoint(*described, drug, method);
}

}  // namespace pet
