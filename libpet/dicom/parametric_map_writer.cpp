// SPDX-License-Identifier: Apache-2.0
#include <dcmtk/config/osconfig.h>
#include <dcmtk/dcmdata/dctk.h>
#include <dcmtk/dcmfg/fgfracon.h>
#include <dcmtk/dcmfg/fgframeanatomy.h>
#include <dcmtk/dcmfg/fgframevoilut.h>
#include <dcmtk/dcmfg/fgparametricmapframetype.h>
#include <dcmtk/dcmfg/fgpixeltransform.h>
#include <dcmtk/dcmfg/fgrealworldvaluemapping.h>
#include <dcmtk/dcmpmap/dpmparametricmapiod.h>

#include <algorithm>
#include <cmath>
#include <iterator>
#include <memory>
#include <stdexcept>

#include "libpet/dicom/detail/dataset.h"
#include "libpet/dicom/detail/derived_frames.h"
#include "libpet/dicom/detail/derived_object.h"
#include "libpet/dicom/detail/number_text.h"
#include "libpet/dicom/detail/saved_file.h"
#include "libpet/dicom/parametric_map.h"
#include "libpet/dicom/pet_writer.h"
#include "libpet/error.h"
#include "libpet/io/output_files.h"
#include "libpet/provenance.h"

namespace pet {
namespace {

using detail::code_macro;
using detail::decimal_string;
using Frames32 = DPMParametricMapIOD::Frames<Float32>;

void require(const OFCondition& status, const char* step) {
  detail::require_good(status, "Parametric Map", step);
}

using Object = OFvariant<OFCondition, DPMParametricMapIOD>;

Object create(const ParametricMap& map) {
  const IODEnhGeneralEquipmentModule::EquipmentInfo equipment("Occupet", "kinetic modelling", "0", version());
  ContentIdentificationMacro* identification = nullptr;
  require(ContentIdentificationMacro::create("1", "MAP", map.description, "Occupet^", identification), "content");
  const std::unique_ptr<ContentIdentificationMacro> owner(identification);
  return DPMParametricMapIOD::create<IODFloatingPointImagePixelModule>(
      "PT", "1001", "1", static_cast<Uint16>(map.grid.size[1]), static_cast<Uint16>(map.grid.size[0]), equipment,
      *identification, "VOLUME", "NONE", DPMTypes::CQ_RESEARCH);
}

// An item of the definition of the quantity: NAME = VALUE.
ContentItemMacro* definition(const CodedConcept& name, const CodedConcept& value) {
  auto item = std::make_unique<ContentItemMacro>();
  item->setValueType(ContentItemMacro::VT_CODE);
  item->getEntireConceptNameCodeSequence().push_back(new CodeSequenceMacro(code_macro(name)));
  item->getEntireConceptCodeSequence().push_back(new CodeSequenceMacro(code_macro(value)));
  return item.release();
}

// Stored values are the quantity in its unit.
void add_value_mapping(const ParametricMap& map, DPMParametricMapIOD& object) {
  double lowest = 0.0, highest = 0.0;
  for (const float value : map.values) {
    if (!std::isfinite(value)) continue;
    lowest = std::min(lowest, static_cast<double>(value));
    highest = std::max(highest, static_cast<double>(value));
  }
  auto item = std::make_unique<FGRealWorldValueMapping::RWVMItem>();
  require(item->setRealWorldValueSlope(1.0), "slope");
  require(item->setRealWorldValueIntercept(0.0), "intercept");
  require(item->setDoubleFloatRealWorldValueFirstValueMapped(lowest), "first value");
  require(item->setDoubleFloatRealWorldValueLastValueMapped(highest), "last value");
  require(item->getMeasurementUnitsCode().set(map.unit.value, map.unit.scheme, map.unit.meaning), "unit");
  require(item->setLUTExplanation(map.description), "explanation");
  require(item->setLUTLabel(map.quantity.value), "label");
  auto& quantity = item->getEntireQuantityDefinitionSequence();
  quantity.push_back(definition({"246205007", "SCT", "Quantity"}, map.quantity));
  if (!map.model.value.empty()) quantity.push_back(definition({"370129005", "SCT", "Measurement Method"}, map.model));
  if (map.is_standard_error)
    quantity.push_back(definition({"121401", "DCM", "Derivation"}, concept_of_standard_error()));
  FGRealWorldValueMapping mapping;
  mapping.getRealWorldValueMapping().push_back(item.release());
  require(object.addForAllFrames(mapping), "real world values");
}

// Shows what is there: from the first to the last percentile of the values that are not zero.
void add_window(const ParametricMap& map, DPMParametricMapIOD& object) {
  std::vector<float> values;
  std::ranges::copy_if(map.values, std::back_inserter(values), [](float v) { return std::isfinite(v) && v != 0.0f; });
  if (values.empty()) return;
  const auto percentile = [&](std::size_t percent) {
    const auto at = values.begin() + static_cast<std::ptrdiff_t>(percent * (values.size() - 1) / 100);
    std::ranges::nth_element(values, at);
    return static_cast<double>(*at);
  };
  const double low = std::min(percentile(1), 0.0), high = std::max(percentile(99), 0.0);
  FGFrameVOILUT window;
  require(window.setWindowCenter(decimal_string(0.5 * (low + high))), "window");
  require(window.setWindowWidth(decimal_string(high - low)), "window");
  require(window.setVOILUTFunction("LINEAR_EXACT"), "window");
  require(object.addForAllFrames(window), "window");
}

void add_shared_groups(const ParametricMap& map, DPMParametricMapIOD& object) {
  const detail::SharedGeometry geometry = detail::shared_geometry(map.grid);
  require(object.addForAllFrames(geometry.measures), "pixel measures");
  require(object.addForAllFrames(*geometry.orientation), "orientation");
  FGFrameAnatomy anatomy;
  require(anatomy.setLaterality(FGFrameAnatomy::LATERALITY_UNPAIRED), "laterality");
  require(anatomy.getAnatomy().getAnatomicRegion().set("12738006", "SCT", "Brain"), "anatomy");
  require(object.addForAllFrames(anatomy), "anatomy");
  FGPixelValueTransformation identity;
  identity.setFGType(FGPixelValueTransformation::E_PixelValTrans_Identity);
  identity.setUseAsIdentityPixelValueTransformation();
  require(object.addForAllFrames(identity), "pixel value transformation");
  FGParametricMapFrameType type;
  require(type.setFrameType("DERIVED\\PRIMARY\\VOLUME\\NONE"), "frame type");
  require(object.addForAllFrames(type), "frame type");
  add_value_mapping(map, object);
  add_window(map, object);
}

void add_frame(const ParametricMap& map, const detail::SourceSeries& source, int slice, DPMParametricMapIOD& object) {
  const Vector3 at = map.grid.position_mm(0, 0, slice);
  const auto images = source.at(at);
  if (images.empty())
    throw bad_input(source.first_file().parent_path().string(),
                    "no slice of the series where slice " + std::to_string(slice + 1) + " of the map lies",
                    "a map on the grid of its source series");
  const auto position = detail::plane_position(at);
  FGFrameContent content;
  const auto number = static_cast<Uint32>(slice + 1);
  require(content.setStackID("1"), "stack");
  require(content.setInStackPositionNumber(number), "position in stack");
  require(content.setDimensionIndexValues(1, 0), "dimension index");
  require(content.setDimensionIndexValues(number, 1), "dimension index");
  FGDerivationImage derivation;
  const CodedConcept how = map.model.value.empty() ? CodedConcept{"110001", "DCM", "Image Processing"} : map.model;
  detail::add_derivation(images, how, map.description, derivation);
  const std::size_t count = static_cast<std::size_t>(map.grid.size[0]) * static_cast<std::size_t>(map.grid.size[1]);
  std::vector<Float32> pixels(map.values.begin() + static_cast<std::ptrdiff_t>(count) * slice,
                              map.values.begin() + static_cast<std::ptrdiff_t>(count) * (slice + 1));
  OFVector<FGBase*> groups;
  groups.push_back(position.get());
  groups.push_back(&content);
  groups.push_back(&derivation);
  auto frames = object.getFrames();
  Frames32* const floats = OFget<Frames32>(&frames);
  if (floats == nullptr) throw std::logic_error("a Parametric Map without float pixels");
  require(floats->addFrame(pixels.data(), count, groups), "frame");
}

void add_dimensions(const std::string& uid_seed, DPMParametricMapIOD& object) {
  const std::string organization = uid_from(uid_seed, "dimension organization");
  IODMultiframeDimensionModule& dimensions = object.getIODMultiframeDimensionModule();
  require(dimensions.addDimensionIndex(DCM_StackID, organization, DCM_FrameContentSequence, "Stack"), "dimensions");
  require(dimensions.addDimensionIndex(DCM_InStackPositionNumber, organization, DCM_FrameContentSequence, "Slice"),
          "dimensions");
}

}  // namespace

ParametricMapWriter::ParametricMapWriter(const SourceOfDerivation& source)
    : source_(std::make_unique<const detail::SourceSeries>(
          detail::read_source_series(source.folder, source.series_uid, source.threads))) {
  detail::prepare_dcmtk();
}

ParametricMapWriter::~ParametricMapWriter() = default;

void ParametricMapWriter::write(const ParametricMap& map,
                                const std::string& uid_seed,
                                const std::filesystem::path& path,
                                const Provenance& provenance) const {
  if (map.values.size() != map.grid.voxel_count())
    throw std::logic_error("a map of " + std::to_string(map.values.size()) + " values on " + describe(map.grid));
  const detail::SourceSeries& series = *source_;
  Object made = create(map);
  if (const OFCondition* error = OFget<OFCondition>(&made)) require(*error, "creation");
  DPMParametricMapIOD* const object = OFget<DPMParametricMapIOD>(&made);
  add_dimensions(uid_seed, *object);
  add_shared_groups(map, *object);
  for (int slice = 0; slice < map.grid.size[2]; ++slice) add_frame(map, series, slice, *object);

  DcmFileFormat first;
  detail::load_source(series.first_file(), first);
  require(object->importHierarchy(*first.getDataset(), OFTrue, OFTrue, OFTrue, OFFalse), "patient and study");
  require(object->getSeries().setSeriesNumber("1001"), "series number");
  require(object->getSeries().setSeriesDescription(map.description), "series description");
  DcmFileFormat file;
  require(object->write(*file.getDataset()), "data set");
  detail::make_deterministic(uid_seed, "parametric map", series, *file.getDataset());
  detail::put_provenance(provenance, *file.getDataset());
  detail::put_private_scheme(*file.getDataset());
  detail::put_source_references(series, *file.getDataset());
  detail::save(file, path);
}

void write_parametric_map(const ParametricMap& map,
                          const SourceOfDerivation& source,
                          const std::string& uid_seed,
                          const std::filesystem::path& path,
                          const Provenance& provenance) {
  ParametricMapWriter(source).write(map, uid_seed, path, provenance);
}

}  // namespace pet
