// SPDX-License-Identifier: Apache-2.0
#include "libpet/dicom/structure_set.h"

#include <dcmtk/config/osconfig.h>
#include <dcmtk/dcmdata/dctk.h>

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <map>
#include <utility>

#include "libpet/dicom/detail/dataset.h"
#include "libpet/dicom/detail/file_header.h"
#include "libpet/dicom/detail/identity.h"
#include "libpet/dicom/detail/segmentation_geometry.h"
#include "libpet/dicom/segmentation.h"
#include "libpet/error.h"

namespace pet {
namespace {

using detail::Dataset;

constexpr double parallel_voxels = 0.1;
constexpr double farthest_voxels = 1e6;

// A point in the plane of a slice, in voxels.
struct Point {
  double i;
  double j;
};

using Polygon = std::vector<Point>;

// The contours of one region that lie in one plane.
struct Plane {
  double k;  // in slices
  std::vector<Polygon> polygons;
};

struct Region {
  std::int32_t number = 0;
  std::string name;
  std::string frame_of_reference_uid;
  std::vector<Plane> planes;  // ascending
};

Polygon read_polygon(const Dataset& contour, const Grid& grid, double& k) {
  const std::vector<double> data = contour.numbers(DCM_ContourData);
  if (data.size() < 9 || data.size() % 3 != 0)
    throw bad_input(contour.where(DCM_ContourData), std::to_string(data.size()) + " numbers",
                    "three for each of at least three points");
  Polygon polygon;
  double least = 0.0, most = 0.0, sum = 0.0;
  for (std::size_t p = 0; p < data.size(); p += 3) {
    const Vector3 index = grid.index_of({data[p], data[p + 1], data[p + 2]});
    if (!(std::ranges::all_of(index, [](double i) { return std::abs(i) < farthest_voxels; })))
      throw bad_input(contour.where(DCM_ContourData), "a point a million voxels away", "points near the image");
    polygon.push_back({index[0], index[1]});
    least = p == 0 ? index[2] : std::min(least, index[2]);
    most = p == 0 ? index[2] : std::max(most, index[2]);
    sum += index[2];
  }
  if (!(most - least <= parallel_voxels)) {
    char found[96];
    std::snprintf(found, sizeof found, "a contour that runs through %.3g slices of the image", most - least);
    throw bad_input(contour.where(DCM_ContourData), found, "contours parallel to the slices");
  }
  k = sum / static_cast<double>(polygon.size());
  return polygon;
}

std::vector<Plane> read_planes(const Dataset& roi, const Grid& grid) {
  std::vector<Plane> contours;
  for (const Dataset& contour : roi.items(DCM_ContourSequence)) {
    const std::string type = contour.text(DCM_ContourGeometricType);
    if (type == "POINT" || type == "OPEN_PLANAR" || type == "OPEN_NONPLANAR") continue;
    if (type != "CLOSED_PLANAR" && type != "CLOSEDPLANAR_XOR")
      throw bad_input(contour.where(DCM_ContourGeometricType), contour.quoted(type), "CLOSED_PLANAR");
    double k = 0.0;
    Polygon polygon = read_polygon(contour, grid, k);
    contours.push_back({k, {std::move(polygon)}});
  }
  std::ranges::stable_sort(contours, {}, &Plane::k);
  std::vector<Plane> planes;
  for (Plane& contour : contours) {
    if (planes.empty() || contour.k - planes.back().k > parallel_voxels)
      planes.push_back(std::move(contour));
    else
      planes.back().polygons.push_back(std::move(contour.polygons.front()));
  }
  return planes;
}

// Contours are read of those that `names` chooses, of all if it is empty.
std::vector<Region> read_regions(const Dataset& data, const Grid& grid, const std::vector<std::string>& names) {
  const detail::Identity identity(data);
  std::map<long, Region> by_number;
  for (const Dataset& roi : data.items(DCM_StructureSetROISequence)) {
    const long number = roi.required_integer(DCM_ROINumber, 0, 2147483646);
    Region region;
    region.name = roi.text(DCM_ROIName);
    if (region.name.empty() || identity.is_repeated_in(region.name)) region.name = "roi-" + std::to_string(number);
    region.frame_of_reference_uid = roi.text(DCM_ReferencedFrameOfReferenceUID);
    if (!by_number.emplace(number, std::move(region)).second)
      throw bad_input(roi.where(DCM_ROINumber), std::to_string(number) + " twice", "one number a region");
  }
  for (const Dataset& roi : data.items(DCM_ROIContourSequence)) {
    const long number = roi.required_integer(DCM_ReferencedROINumber, 0, 2147483646);
    const auto found = by_number.find(number);
    if (found == by_number.end())
      throw bad_input(roi.where(DCM_ReferencedROINumber), std::to_string(number), "the number of a region");
    if (names.empty() || std::ranges::find(names, found->second.name) != names.end())
      found->second.planes = read_planes(roi, grid);
  }
  std::vector<Region> regions;
  for (auto& [number, region] : by_number) {
    region.number = static_cast<std::int32_t>(regions.size() + 1);
    regions.push_back(std::move(region));
  }
  return regions;
}

// The plane that a slice takes; nothing where the region does not reach it.
const Plane* plane_of_slice(const std::vector<Plane>& planes, int slice) {
  std::vector<double> gaps;
  for (std::size_t p = 1; p < planes.size(); ++p) gaps.push_back(planes[p].k - planes[p - 1].k);
  std::ranges::sort(gaps);
  const double gap = gaps.empty() ? 1.0 : gaps[gaps.size() / 2];
  const auto nearest =
      std::ranges::min_element(planes, {}, [&](const Plane& plane) { return std::abs(plane.k - slice); });
  constexpr double rounding = 1e-6;
  if (nearest == planes.end() || std::abs(nearest->k - slice) > 0.5 * std::max(gap, 1.0) + rounding) return nullptr;
  return &*nearest;
}

// Where the edges of all polygons cross the centres of a row, ascending.
std::vector<double> crossings(const std::vector<Polygon>& polygons, int row) {
  std::vector<double> at;
  for (const Polygon& polygon : polygons)
    for (std::size_t p = 0; p < polygon.size(); ++p) {
      const Point& a = polygon[p];
      const Point& b = polygon[(p + 1) % polygon.size()];
      if ((a.j <= row) != (b.j <= row)) at.push_back(a.i + (row - a.j) / (b.j - a.j) * (b.i - a.i));
    }
  std::ranges::sort(at);
  return at;
}

void add_region(const Region& region, const std::string& where, LabelMap& map) {
  const int columns = map.grid.size[0];
  const int rows = map.grid.size[1];
  const int slices = map.grid.size[2];
  std::size_t voxels = 0;
  const auto mark = [&](int i, int j, int k) {
    std::int32_t& label =
        map.labels[(static_cast<std::size_t>(k) * static_cast<std::size_t>(rows) + static_cast<std::size_t>(j)) *
                       static_cast<std::size_t>(columns) +
                   static_cast<std::size_t>(i)];
    if (label != 0)
      throw bad_input(
          where + " tag (3006,0020) StructureSetROISequence",
          "regions " + detail::quote(map.names[label]) + " and " + detail::quote(region.name) + " that overlap",
          "regions that share no voxel, or a choice of them (--regions)");
    label = region.number;
    ++voxels;
  };
  map.names[region.number] = region.name;
  for (int k = 0; k < slices; ++k) {
    const Plane* plane = plane_of_slice(region.planes, k);
    if (plane == nullptr) continue;
    for (int j = 0; j < rows; ++j) {
      const std::vector<double> at = crossings(plane->polygons, j);
      for (std::size_t c = 0; c + 1 < at.size(); c += 2) {
        const double first = std::max(std::ceil(at[c]), 0.0);
        const double end = std::min(std::ceil(at[c + 1]), static_cast<double>(columns));
        for (double i = first; i < end; ++i) mark(static_cast<int>(i), j, k);
      }
    }
  }
  if (voxels == 0)
    throw bad_input(where + " tag (3006,0039) ROIContourSequence",
                    "region " + detail::quote(region.name) + " around no voxel centre of the image",
                    "contours in the image");
}

// Those that were asked for, or all with closed contours.
std::vector<Region> chosen(std::vector<Region> regions,
                           const std::vector<std::string>& names,
                           const std::string& where) {
  std::string there;
  for (const Region& region : regions) there.append(there.empty() ? "" : ", ").append(detail::quote(region.name));
  const auto missing = std::ranges::find_if(
      names, [&](const std::string& name) { return std::ranges::find(regions, name, &Region::name) == regions.end(); });
  if (missing != names.end())
    throw UsageError("no region " + detail::quote(*missing) + " in " + where + "; there are: " + there);
  std::erase_if(regions, [&](const Region& region) {
    return names.empty() ? region.planes.empty() : std::ranges::find(names, region.name) == names.end();
  });
  if (regions.empty())
    throw bad_input(where + " tag (3006,0039) ROIContourSequence", "no closed contours", "at least one region");
  return regions;
}

std::string class_of(const std::filesystem::path& path) {
  detail::FileHeader header = detail::read_file_header(path);
  return Dataset(std::move(header.elements), path.string()).text(DCM_SOPClassUID);
}

}  // namespace

LabelSource label_source(const std::filesystem::path& path) {
  if (!std::filesystem::exists(path)) throw InputNotFound(path.string() + ": no such file");
  if (!is_dicom_file(path)) return LabelSource::other;
  const std::string sop_class = class_of(path);
  if (sop_class == UID_SegmentationStorage || sop_class == detail::label_map_segmentation_class)
    return LabelSource::segmentation;
  return sop_class == UID_RTStructureSetStorage ? LabelSource::structure_set : LabelSource::other;
}

LabelMap read_structure_set(const std::filesystem::path& path,
                            const Grid& grid,
                            const std::vector<std::string>& names) {
  const std::string where = path.string();
  if (!std::filesystem::exists(path)) throw InputNotFound(where + ": no such file");
  if (!is_dicom_file(path)) throw bad_input(where, "a file that is not DICOM", "an RT Structure Set");
  detail::FileHeader header = detail::read_file_header(path);
  const Dataset data(std::move(header.elements), where);
  if (const std::string sop_class = data.text(DCM_SOPClassUID); sop_class != UID_RTStructureSetStorage) {
    const char* name = dcmFindNameOfUID(sop_class.c_str());
    throw bad_input(data.where(DCM_SOPClassUID), name ? name : data.quoted(sop_class), "RT Structure Set Storage");
  }
  const std::vector<Region> regions = chosen(read_regions(data, grid, names), names, where);
  LabelMap map;
  map.grid = grid;
  map.labels.assign(grid.voxel_count(), 0);
  map.frame_of_reference_uid = regions.front().frame_of_reference_uid;
  for (const Region& region : regions) {
    if (region.frame_of_reference_uid != map.frame_of_reference_uid)
      throw bad_input(where + " tag (3006,0024) ReferencedFrameOfReferenceUID", "two frames of reference",
                      "one, the image's");
    add_region(region, where, map);
  }
  return map;
}

}  // namespace pet
