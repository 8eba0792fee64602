// SPDX-License-Identifier: Apache-2.0
// Writes the seeds of every fuzz target: what our own writers make, and the forms that we only read.
// Usage: fuzz_seeds SOURCE_DIR FOLDER; makes FOLDER/TARGET/*.
#include <dcmtk/config/osconfig.h>
#include <dcmtk/dcmdata/dcddirif.h>
#include <dcmtk/dcmdata/dctk.h>

#include <fstream>
#include <iostream>
#include <iterator>
#include <stdexcept>

#include "libpet/dicom/coded_concept.h"
#include "libpet/dicom/parametric_map.h"
#include "libpet/dicom/segmentation.h"
#include "libpet/io/nifti.h"
#include "tests/fuzz/fuzz_input.h"
#include "tests/libpet/dicom/encoded_series.h"
#include "tests/libpet/dicom/enhanced_series.h"
#include "tests/libpet/dicom/simulated_series.h"
#include "tests/libpet/dicom/structure_set_file.h"

namespace {

namespace fs = std::filesystem;
using namespace pet;

std::string content(const fs::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

std::string joined(const std::vector<fs::path>& files) {
  std::string text;
  for (const fs::path& file : files) text += (text.empty() ? "" : std::string(fuzz::separator)) + content(file);
  return text;
}

class Seeds {
 public:
  explicit Seeds(fs::path folder) : folder_(std::move(folder)) { fs::create_directories(folder_); }
  void add(const std::string& bytes) {
    std::ofstream(folder_ / ("seed" + std::to_string(++count_)), std::ios::binary) << bytes;
  }

 private:
  fs::path folder_;
  int count_ = 0;
};

// A scan of 2 frames of 2 slices of 8 x 6 voxels, which every encoder takes.
DynamicImage tiny_image() {
  DynamicImage image = test::small_image({{0.5, 1.5}, {1.5, 3.5}});
  image.grid.size = {8, 6, 2};
  image.voxels.clear();
  for (std::size_t v = 0; v < 2 * image.grid.voxel_count(); ++v)
    image.voxels.push_back(0.01f * static_cast<float>(v % 8) + 0.02f * static_cast<float>(v / 8 % 6));
  return image;
}

void add_dialects(Seeds& seeds) {
  using Found = DecayCorrection::Found;
  const Found corrections[] = {Found::start, Found::administration, Found::none};
  int turn = 0;
  for (const PetDialect dialect : {PetDialect::plain, PetDialect::siemens, PetDialect::ge, PetDialect::cps,
                                   PetDialect::philips, PetDialect::philips_counts}) {
    const test::TemporaryFolder folder;
    PetWriteOptions options = test::small_options(corrections[turn++ % 3]);
    options.dialect = dialect;
    seeds.add(joined(write_pet_series(tiny_image(), options, folder.path())));
  }
}

// One frame of one slice, compressed, and Enhanced PET of all slices.
void add_encodings(Seeds& seeds) {
  DynamicImage large = test::smooth_image({{0.5, 1.5}});
  large.grid.size[2] = 1;
  large.voxels.resize(large.grid.voxel_count());
  for (const E_TransferSyntax syntax :
       {EXS_LittleEndianImplicit, EXS_BigEndianExplicit, EXS_DeflatedLittleEndianExplicit, EXS_RLELossless,
        EXS_JPEGProcess14SV1, EXS_JPEGLSLossless, EXS_JPEG2000LosslessOnly, EXS_JPEG2000}) {
    const test::TemporaryFolder classic, enhanced;
    const auto files = write_pet_series(large, test::small_options(), classic.path());
    test::write_enhanced(files, enhanced / "e.dcm");
    test::encode(files, syntax);
    seeds.add(joined(files));
    test::encode({enhanced / "e.dcm"}, syntax);
    seeds.add(content(enhanced / "e.dcm"));
  }
  const test::TemporaryFolder folder;
  test::write_enhanced(write_pet_series(tiny_image(), test::small_options(), folder.path()), folder / "e.dcm");
  seeds.add(content(folder / "e.dcm"));
}

// A DICOMDIR, with names as the target gives them to the files after it.
void add_directory(Seeds& seeds) {
  const test::TemporaryFolder folder;
  const auto files = write_pet_series(tiny_image(), test::small_options(), folder / "pet");
  DicomDirInterface directory;
  const std::string path = (folder / "DICOMDIR").string();
  bool is_made = directory.createNewDicomDir(DicomDirInterface::AP_GeneralPurpose, path.c_str()).good();
  std::string bytes;
  for (std::size_t i = 0; i < files.size(); ++i) {
    const std::string name = std::to_string(i + 2);
    fs::copy_file(files[i], folder / name);
    is_made = is_made && directory.addDicomFile(name.c_str(), folder.path().c_str()).good();
    bytes += std::string(fuzz::separator) + content(files[i]);
  }
  if (!is_made || directory.writeDicomDir().bad()) throw std::runtime_error("a DICOMDIR cannot be made");
  seeds.add(content(path) + bytes);
}

// The same Segmentation with a byte a pixel: fractions, and a label map.
void add_bytes_of_segments(const fs::path& segmentation, Seeds& seeds) {
  for (const bool is_label_map : {false, true}) {
    const fs::path copy = segmentation.parent_path() / "bytes.dcm";
    fs::copy_file(segmentation, copy, fs::copy_options::overwrite_existing);
    test::damage(copy, [&](DcmDataset& data) {
      data.putAndInsertString(DCM_SegmentationType, is_label_map ? "LABELMAP" : "FRACTIONAL");
      if (is_label_map) data.putAndInsertString(DCM_SOPClassUID, "1.2.840.10008.5.1.4.1.1.66.7");
      data.putAndInsertUint16(DCM_MaximumFractionalValue, 100);
      for (const DcmTagKey& tag : {DCM_BitsAllocated, DCM_BitsStored}) data.putAndInsertUint16(tag, 8);
      data.putAndInsertUint16(DCM_HighBit, 7);
      Sint32 frames = 0;
      data.findAndGetSint32(DCM_NumberOfFrames, frames);
      const std::vector<Uint8> pixels(static_cast<std::size_t>(frames) * 8 * 6, 1);
      data.findAndDeleteElement(DCM_PixelData);
      data.putAndInsertUint8Array(DCM_PixelData, pixels.data(), pixels.size());
    });
    seeds.add(content(copy));
  }
}

LabelMap tiny_labels() {
  LabelMap labels;
  labels.grid = tiny_image().grid;
  labels.labels.assign(labels.grid.voxel_count(), 0);
  for (std::size_t v = 10; v < 20; ++v) labels.labels[v] = labels.labels[v + 50] = v < 14 ? 1 : 2;
  labels.names = {{1, "cerebellum"}, {2, "frontal cortex"}};
  return labels;
}

void add_regions(Seeds& seeds) {
  const test::TemporaryFolder folder;
  auto files = write_pet_series(tiny_image(), test::small_options(), folder / "pet");
  files.resize(2);
  write_dicom_segmentation(tiny_labels(), files, "seed", folder / "seg.dcm");
  seeds.add(content(folder / "seg.dcm"));
  add_bytes_of_segments(folder / "seg.dcm", seeds);
  test::write_structure_set({{"ring", {test::rectangle(0.6, 8.4, 1.5, 7.5, 2), test::rectangle(2.6, 5.4, 3.5, 5.5, 2)}},
                             {"block", {test::rectangle(8.6, 11.0, 0.0, 2.2, 3)}}},
                            test::turned_grid(), folder / "rs.dcm");
  seeds.add(content(folder / "rs.dcm"));
  ParametricMap map;
  map.grid = tiny_image().grid;
  map.values.assign(map.grid.voxel_count(), 1.5f);
  map.quantity = concept_of_quantity("BPND");
  map.unit = concept_of_unit("1");
  map.description = "BPND";
  write_parametric_map(map, {folder / "pet", "", 1}, "seed", folder / "map.dcm");
  seeds.add(content(folder / "map.dcm"));
}

std::string file_and_sidecar(char reader, const std::string& file, const std::string& sidecar = "") {
  return reader + file + (sidecar.empty() ? "" : std::string(fuzz::separator) + sidecar);
}

void add_tables(Seeds& seeds) {
  seeds.add(file_and_sidecar('t', "frame_start\tframe_end\tcerebellum\tinsula\n0\t60\t1000\t2e3\n60\t180\t2000\t2.5\n",
                             R"({"Units": "Bq/mL", "InjectionStart": 0, "TracerRadionuclide": "C11",
                                 "ImageDecayCorrected": true, "ImageDecayCorrectionTime": 0})"));
  seeds.add(file_and_sidecar('p', "start[seconds]\tend[kBq/cc]\tcerebellum\tinsula\n0\t60\t1\t2\n60\t180\t2\t3\n"));
  seeds.add(file_and_sidecar('d',
                             "DFT\tputam caudate\nstudy\tdx sin\nkBq/ml\tpl1 pl2\nTimes (min)\t10 20\n"
                             "0\t1\t1.5\t2.5\n1\t3\t2.5\t.\n# end\n"));
  seeds.add(file_and_sidecar('c', "frame_start,frame_end,\"a b\"\r\n0,60,1000\r\n60,180,2000\r\n",
                             R"({"Units": "kBq/cc", "RadionuclideHalfLife": 1220.04})"));
  seeds.add(file_and_sidecar('v', "VoiName(Region)\tTime\tAveraged\tVolume\na\t30\t1\t5\na\t120\t2\t5\n",
                             "0\t60\n60\t180\n"));
  seeds.add(file_and_sidecar('i', "time\tAIF\twhole_blood_radioactivity\n0\t0\t0\n10\t5000\t4000\n60\t900\t1000\n",
                             R"({"AIF": {"Units": "Bq/mL"}, "whole_blood_radioactivity": {"Units": ["kBq/mL"]}})"));
  seeds.add(file_and_sidecar('b', "time\tplasma_radioactivity\tmetabolite_parent_fraction\n0\t0\t1\n30\t5000\tn/a\n",
                             R"({"time": {"Units": "s"}, "plasma_radioactivity": {"Units": "Bq/mL"}})"));
  seeds.add(file_and_sidecar('l', "sample-time[seconds]\tplasma[kBq/cc]\tparent-fraction[1/1]\n0\t0\t1\n30\t5\t0.9\n"));
  seeds.add(file_and_sidecar('k',
                             "index\tname\tBPND\tBPND-se\tstatus\tflags\n1\tinsula\t1.5\t3\tok\t\n2\tx\tn/a\tinf\t"
                             "failed\ta;b\n",
                             R"({"BPND-se": {"Units": "1"}, "ModelName": "SRTM"})"));
  seeds.add(file_and_sidecar('o',
                             "index\tname\tBPND_baseline\tBPND_drug\toccupancy\toccupancy_se\toccupancy_lower\t"
                             "occupancy_upper\tstatus\tflags\n1\tinsula\t2\t1\t0.5\t0.1\t-inf\tinf\tok\t\n"));
  seeds.add(file_and_sidecar('g', "RegionName\tConstituentRegion\ncortex\tfrontal\ncortex\tinsula\n"));
  seeds.add(file_and_sidecar('n', "index\tname\n1\tcerebellum\n2\tinsula\n"));
}

void add_descriptions(const fs::path& source, Seeds& seeds) {
  for (const fs::directory_entry& study : fs::directory_iterator(source / "data" / "studies"))
    seeds.add('s' + content(study.path()));
  for (const fs::directory_entry& tracer : fs::directory_iterator(source / "data" / "tracers"))
    seeds.add('t' + content(tracer.path()));
  seeds.add(R"(m{"ModeOfAdministration": "bolus", "InjectedMass": 1.5})");
  seeds.add(R"(c{"Units": "Bq/mL", "TracerName": "x", "TracerRadionuclide": "C11", "RadionuclideHalfLife": 1220.04,
                 "InjectedRadioactivity": 500, "InjectedRadioactivityUnits": "MBq", "FrameTimesStart": [0, 60],
                 "FrameDuration": [60, 120], "frame_start": {"Units": "s"}, "InjectionStart": 0})");
  seeds.add('i' + image_sidecar_text(tiny_image(), {}, "{}"));
}

void add_images(Seeds& seeds) {
  const test::TemporaryFolder folder;
  const DynamicImage image = tiny_image();
  const std::string sidecar = image_sidecar_text(image, {}, "{}");
  for (const bool is_compressed : {false, true}) {
    const std::string end = is_compressed ? ".nii.gz" : ".nii";
    write_label_map(tiny_labels(), folder / ("labels" + end));
    seeds.add((is_compressed ? 'z' : 'l') + content(folder / ("labels" + end)));
    write_nifti_series(image.grid, image.frames, image.voxels, folder / ("x" + end));
    seeds.add(file_and_sidecar(is_compressed ? 'g' : 'i', content(folder / ("x" + end)), sidecar));
  }
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 3) {
    std::cerr << "usage: fuzz_seeds SOURCE_DIR FOLDER\n";
    return 2;
  }
  const fs::path folder = argv[2];
  try {
    Seeds series(folder / "dicom_series"), regions(folder / "dicom_regions"), tables(folder / "tables"),
        descriptions(folder / "json"), images(folder / "nifti");
    add_dialects(series);
    add_encodings(series);
    add_directory(series);
    add_regions(regions);
    add_tables(tables);
    add_descriptions(argv[1], descriptions);
    add_images(images);
  } catch (const std::exception& error) {
    std::cerr << "fuzz_seeds: " << error.what() << '\n';
    return 1;
  }
  return 0;
}
