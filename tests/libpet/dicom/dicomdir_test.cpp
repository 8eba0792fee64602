// SPDX-License-Identifier: Apache-2.0
// Directories are made by DCMTK.
#include <dcmtk/config/osconfig.h>
#include <dcmtk/dcmdata/dcddirif.h>
#include <dcmtk/dcmdata/dctk.h>

#include <catch2/catch.hpp>
#include <cctype>

#include "libpet/dicom/pet_image.h"
#include "libpet/error.h"
#include "tests/libpet/dicom/dicom_item.h"
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

  // Another record, of a file that is not there.
  void add_record(const char* type, const char* sop_class, Uint16 in_use) const {
    damage(directory, [&](DcmDataset& data) {
      constexpr long at_end = -2;
      DcmItem* record = nullptr;
      require(data.findOrCreateSequenceItem(DCM_DirectoryRecordSequence, record, at_end));
      put(*record, DCM_DirectoryRecordType, type);
      put(*record, DCM_ReferencedSOPClassUIDInFile, sop_class);
      put(*record, DCM_ReferencedFileID, "MEIER\\ANNA");
      require(record->putAndInsertUint16(DCM_RecordInUseFlag, in_use));
    });
  }

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
  CHECK_THAT(refusal(disc.directory),
             Contains("(0004,1500) ReferencedFileID of record 4: found a file that is not there"));
  CHECK_THAT(refusal(disc.directory), !Contains("IM4711"));
  disc.refer_to(std::string(300, 'A').c_str());
  CHECK_THAT(refusal(disc.directory), Contains("(0004,1500)") && Contains("not there"));
  const TemporaryFolder elsewhere;
  const auto file = write_pet_series(small_image(), small_options(), elsewhere.path()).front();
  for (const std::string& escape : {"..\\" + elsewhere.path().filename().string() + "\\" + file.filename().string(),
                                    file.string(), std::string("PET\\..\\..\\x"), std::string("PET\\\\IM0")}) {
    disc.refer_to(escape.c_str());
    INFO(escape);
    CHECK_THAT(refusal(disc.directory), Contains("(0004,1500)") && Contains("not below the DICOMDIR"));
  }
}

TEST_CASE("Records that are not in use, and files that are no PET, may be absent from a disc", "[dicom][dicomdir]") {
  constexpr Uint16 in_use = 0xFFFF;
  const Disc disc;
  disc.add_record("SR DOCUMENT", UID_BasicTextSRStorage, in_use);
  disc.add_record("IMAGE", UID_CTImageStorage, in_use);
  disc.add_record("IMAGE", UID_PositronEmissionTomographyImageStorage, 0);
  CHECK(read_pet_series(disc.directory).voxels == disc.expected.voxels);
  disc.add_record("IMAGE", UID_EnhancedPETImageStorage, in_use);
  CHECK_THAT(refusal(disc.directory), Contains("(0004,1500) ReferencedFileID of record 16: found a file that is not"));
  CHECK_THAT(refusal(disc.directory), !Contains("ANNA"));
}

TEST_CASE("A damaged file named beside sound ones is a problem of their series", "[dicom][dicomdir]") {
  const WrittenSeries series;
  const TemporaryFolder elsewhere;
  std::filesystem::copy_file(series.files.front(), elsewhere / "cut.dcm");
  std::filesystem::resize_file(elsewhere / "cut.dcm", 400);
  std::vector<std::filesystem::path> files = series.files;
  files.push_back(elsewhere / "cut.dcm");
  const auto summaries = summarize_pet_series(files, 1);
  REQUIRE(summaries.size() == 1);
  CHECK(summaries.front().frames.size() == 3);
  REQUIRE(summaries.front().problems.size() == 1);
  CHECK_THAT(summaries.front().problems.front(), Contains("cut.dcm: found a damaged or truncated header"));
}
