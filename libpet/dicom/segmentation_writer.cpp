// SPDX-License-Identifier: Apache-2.0
#include <dcmtk/config/osconfig.h>
#include <dcmtk/dcmdata/dctk.h>
#include <dcmtk/dcmfg/fgfracon.h>
#include <dcmtk/dcmseg/segdoc.h>
#include <dcmtk/dcmseg/segment.h>

#include <algorithm>
#include <cmath>
#include <memory>
#include <set>

#include "libpet/dicom/detail/dataset.h"
#include "libpet/dicom/detail/derived_frames.h"
#include "libpet/dicom/detail/derived_object.h"
#include "libpet/dicom/detail/saved_file.h"
#include "libpet/dicom/pet_writer.h"
#include "libpet/dicom/segmentation.h"
#include "libpet/error.h"
#include "libpet/io/output_files.h"
#include "libpet/provenance.h"

namespace pet {
namespace {

void require(const OFCondition& status, const char* what) {
  detail::require_good(status, "Segmentation", what);
}

std::unique_ptr<DcmSegmentation> create(const Grid& grid) {
  const IODGeneralEquipmentModule::EquipmentInfo equipment("Occupet", "regions", "0", version());
  ContentIdentificationMacro* identification = nullptr;
  require(ContentIdentificationMacro::create("1", "REGIONS", "Regions", "Occupet^", identification), "content");
  const std::unique_ptr<ContentIdentificationMacro> identification_owner(identification);
  DcmSegmentation* segmentation = nullptr;
  require(DcmSegmentation::createBinarySegmentation(segmentation, static_cast<Uint16>(grid.size[1]),
                                                    static_cast<Uint16>(grid.size[0]), equipment, *identification),
          "creation");
  return std::unique_ptr<DcmSegmentation>(segmentation);
}

void add_shared_geometry(const Grid& grid, DcmSegmentation& segmentation) {
  const detail::SharedGeometry geometry = detail::shared_geometry(grid);
  require(segmentation.addForAllFrames(geometry.measures), "pixel measures");
  require(segmentation.addForAllFrames(*geometry.orientation), "orientation");
}

// Hues that stay apart however many segments there are, of one lightness: CIELab in 16 bits (DICOM PS3.3 C.10.7.1.1).
void set_colour(std::size_t index, DcmSegment& segment) {
  constexpr double golden_angle = 2.39996322972865332, lightness = 65.0, chroma = 60.0, per_unit = 65535.0 / 255.0;
  const double hue = golden_angle * static_cast<double>(index);
  const auto scaled = [](double value) { return static_cast<Uint16>(std::lround((value + 128.0) * per_unit)); };
  require(segment.setRecommendedDisplayCIELabValue(static_cast<Uint16>(std::lround(lightness * 655.35)),
                                                   scaled(chroma * std::cos(hue)), scaled(chroma * std::sin(hue))),
          "colour");
}

Uint16 add_segment(std::int32_t label, const std::string& name, DcmSegmentation& segmentation) {
  const CodeSequenceMacro category("123037004", "SCT", "Anatomical Structure");
  const CodeSequenceMacro type("12738006", "SCT", "Brain");
  constexpr std::size_t longest_name = 64;  // VR LO
  const auto characters =
      std::ranges::count_if(name, [](char c) { return (static_cast<unsigned char>(c) & 0xC0) != 0x80; });
  if (static_cast<std::size_t>(characters) > longest_name || name.find('\\') != std::string::npos)
    throw UsageError("region '" + name + "': the name of a DICOM segment has at most 64 characters and no backslash");
  DcmSegment* segment = nullptr;
  require(DcmSegment::create(segment, "region", category, type, DcmSegTypes::SAT_AUTOMATIC, "label map"), "segment");
  require(segment->setSegmentDescription("label " + std::to_string(label)), "segment");
  set_colour(segmentation.getNumberOfSegments(), *segment);
  Uint16 number = 0;
  require(segmentation.addSegment(segment, number), "segment");
  return number;
}

struct FramePlace {
  std::int32_t label = 0;
  Uint16 segment = 0;
  int slice = 0;
};

bool add_frame(const LabelMap& labels,
               const detail::SourceSeries& source,
               const FramePlace& place,
               DcmSegmentation& segmentation) {
  const std::size_t count =
      static_cast<std::size_t>(labels.grid.size[0]) * static_cast<std::size_t>(labels.grid.size[1]);
  std::vector<Uint8> pixels(count);
  bool is_any = false;
  for (std::size_t v = 0; v < count; ++v) {
    pixels[v] = labels.labels[static_cast<std::size_t>(place.slice) * count + v] == place.label ? 1 : 0;
    is_any = is_any || pixels[v] != 0;
  }
  if (!is_any) return false;
  const Vector3 at = labels.grid.position_mm(0, 0, place.slice);
  const auto position = detail::plane_position(at);
  FGFrameContent content;
  const auto slice_number = static_cast<Uint32>(place.slice + 1);
  require(content.setStackID("1"), "stack");
  require(content.setInStackPositionNumber(slice_number), "position in stack");
  require(content.setDimensionIndexValues(place.segment, 0), "dimension index");
  require(content.setDimensionIndexValues(slice_number, 1), "dimension index");
  FGDerivationImage derivation;
  if (const auto images = source.at(at); !images.empty())
    detail::add_derivation(images, {"113076", "DCM", "Segmentation"}, "", derivation);
  OFVector<FGBase*> groups{position.get(), &content, &derivation};
  require(segmentation.addFrame(pixels.data(), place.segment, groups), "frame");
  return true;
}

// The names of the segments, in order.
std::vector<std::string> add_all_frames(const LabelMap& labels,
                                        const detail::SourceSeries& source,
                                        DcmSegmentation& segmentation) {
  std::set<std::int32_t> present(labels.labels.begin(), labels.labels.end());
  present.erase(0);
  if (present.empty()) throw UsageError("a DICOM Segmentation needs at least one labelled voxel");
  std::vector<std::string> names;
  for (const std::int32_t label : present) {
    const auto name = labels.names.find(label);
    names.push_back(name == labels.names.end() ? "label-" + std::to_string(label) : name->second);
    const Uint16 segment = add_segment(label, names.back(), segmentation);
    for (int slice = 0; slice < labels.grid.size[2]; ++slice)
      add_frame(labels, source, {label, segment, slice}, segmentation);
  }
  return names;
}

// DCMTK's segments take ASCII only.
void put_names(const std::vector<std::string>& names, DcmItem& item) {
  for (std::size_t i = 0; i < names.size(); ++i) {
    DcmItem* segment = nullptr;
    require(item.findAndGetSequenceItem(DCM_SegmentSequence, segment, static_cast<long>(i)), "segment");
    detail::put(*segment, DCM_SegmentLabel, names[i]);
  }
}

}  // namespace

void write_dicom_segmentation(const LabelMap& labels,
                              const std::vector<std::filesystem::path>& series_files,
                              const std::string& uid_seed,
                              const std::filesystem::path& path,
                              const Provenance& provenance) {
  detail::prepare_dcmtk();
  const detail::SourceSeries source = detail::source_series_of(series_files);
  const auto segmentation = create(labels.grid);
  add_shared_geometry(labels.grid, *segmentation);
  const std::string organization = uid_from(uid_seed, "dimension organization");
  auto& dimensions = segmentation->getDimensions();
  require(dimensions.addDimensionIndex(DCM_ReferencedSegmentNumber, organization, DCM_SegmentIdentificationSequence,
                                       "Segment"),
          "dimensions");
  require(dimensions.addDimensionIndex(DCM_ImagePositionPatient, organization, DCM_PlanePositionSequence, "Slice"),
          "dimensions");
  const std::vector<std::string> names = add_all_frames(labels, source, *segmentation);

  DcmFileFormat first;
  detail::load_source(source.first_file(), first);
  require(segmentation->importHierarchy(*first.getDataset(), OFTrue, OFTrue, OFTrue, OFFalse), "patient and study");
  require(segmentation->getSeries().setSeriesNumber("1000"), "series number");
  require(segmentation->getSeries().setSeriesDescription("Regions"), "series description");
  DcmFileFormat file;
  require(segmentation->writeDataset(*file.getDataset()), "data set");
  put_names(names, *file.getDataset());
  detail::make_deterministic(uid_seed, "segmentation", source, *file.getDataset());
  detail::put_source_references(source, *file.getDataset());
  detail::put_provenance(provenance, *file.getDataset());
  detail::save(file, path);
}

}  // namespace pet
