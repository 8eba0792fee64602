// SPDX-License-Identifier: Apache-2.0
// Directories are made by DCMTK.
#include <dcmtk/config/osconfig.h>
#include <dcmtk/dcmdata/dcddirif.h>
#include <dcmtk/dcmdata/dctk.h>

#include <catch2/catch.hpp>
#include <cctype>

#include "libpet/dicom/pet_image.h"
#include "libpet/error.h"
#include "tests/libpet/dicom/simulated_series.h"

using namespace pet;
using namespace pet::test;
using Catch::Contains;

namespace {

// A series in a sub-folder with its directory, and a file beside it that the directory does not have.
struct Disc {
  TemporaryFolder folder;
  std::filesystem::path directory = folder / "DICOMDIR";
  DynamicImage expected;

  Disc() {
    const TemporaryFolder made;
    const auto files = write_pet_series(small_image(), small_options(), made.path());
    expected = read_pet_series(made.path());
    std::filesystem::create_directory(folder / "PET");
    DicomDirInterface directory_of;
    REQUIRE(directory_of.createNewDicomDir(DicomDirInterface::AP_GeneralPurpose, directory.c_str()).good());
    for (std::size_t i = 0; i < files.size(); ++i) {
      const std::string name = "IM" + std::to_string(i);
      std::filesystem::copy_file(files[i], folder / "PET" / name);
      REQUIRE(directory_of.addDicomFile(("PET/" + name).c_str(), folder.path().c_str()).good());
    }
    REQUIRE(directory_of.writeDicomDir().good());
    write_pet_series(small_image({{0.0, 5.0}}), other_options(), folder / "OTHER");
  }

  static PetWriteOptions other_options() {
    PetWriteOptions options = small_options();
    options.uid_seed = "other";
    return options;
  }
  std::filesystem::path path(const std::string& name) const { return folder / name; }

  // Every file of the directory becomes another.
  void refer_to(const char* file_id) const {
    damage(directory, [&](DcmDataset& data) {
      DcmItem* record = nullptr;
      for (long i = 0; data.findAndGetSequenceItem(DCM_DirectoryRecordSequence, record, i).good(); ++i)
        if (record->tagExists(DCM_ReferencedFileID))
          REQUIRE(record->putAndInsertString(DCM_ReferencedFileID, file_id).good());
    });
  }
};

}  // namespace

TEST_CASE("A DICOMDIR stands for the files it refers to", "[dicom][dicomdir]") {
  const Disc disc;
  const DynamicImage read = read_pet_series(disc.directory);
  CHECK(read.voxels == disc.expected.voxels);
  CHECK(read.frames.size() == 3);
  CHECK(summarize_pet_series({disc.directory}, 1).size() == 1);
  CHECK(summarize_pet_series({disc.folder.path()}, 1).size() == 2);
}

TEST_CASE("A disc may show its files in small letters", "[dicom][dicomdir]") {
  const Disc disc;
  std::filesystem::rename(disc.path("PET"), disc.path("pet"));
  for (int i = 0; i < 9; ++i)
    std::filesystem::rename(disc.path("pet/IM" + std::to_string(i)), disc.path("pet/im" + std::to_string(i)));
  CHECK(read_pet_series(disc.directory).voxels == disc.expected.voxels);
}

TEST_CASE("A DICOMDIR leads to no file outside its folder, and to none that is missing", "[dicom][dicomdir]") {
  const Disc disc;
  disc.refer_to("PET\\IM4711");
  CHECK_THAT(refusal(disc.directory), Contains("(0004,1500)") && Contains("PET/IM4711, which is not there"));
  const TemporaryFolder elsewhere;
  const auto file = write_pet_series(small_image(), small_options(), elsewhere.path()).front();
  for (const std::string& escape : {"..\\" + elsewhere.path().filename().string() + "\\" + file.filename().string(),
                                    file.string(), std::string("PET\\..\\..\\x"), std::string("PET\\\\IM0")}) {
    disc.refer_to(escape.c_str());
    INFO(escape);
    CHECK_THAT(refusal(disc.directory), Contains("(0004,1500)") && Contains("not below the DICOMDIR"));
  }
}
