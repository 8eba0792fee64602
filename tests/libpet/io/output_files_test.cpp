// SPDX-License-Identifier: Apache-2.0
#include "libpet/io/output_files.h"

#include <sys/stat.h>

#include <algorithm>
#include <catch2/catch.hpp>
#include <filesystem>
#include <string>
#include <vector>

#include "libpet/error.h"
#include "tests/libpet/io/temporary_folder.h"

namespace {

namespace fs = std::filesystem;
using Catch::Matchers::Contains;
using pet::OutputError;
using pet::OutputFiles;
using pet::UsageError;
using pet::test::content_of;
using pet::test::TemporaryFolder;

std::vector<std::string> names_in(const fs::path& folder) {
  std::vector<std::string> names;
  for (const auto& entry : fs::recursive_directory_iterator(folder))
    names.push_back(entry.path().lexically_relative(folder));
  std::sort(names.begin(), names.end());
  return names;
}

using Names = std::vector<std::string>;

TEST_CASE("Outputs have their names after a commit and not before", "[output_files]") {
  const TemporaryFolder folder;
  OutputFiles outputs(false);
  outputs.declare(folder / "a.tsv");
  outputs.declare(folder / "a.json");
  outputs.write(folder / "a.tsv", "first");
  outputs.write(folder / "a.tsv", "table");
  outputs.write(folder / "a.json", "{}");
  outputs.write(folder / "undeclared.txt", "x");
  CHECK_FALSE(fs::exists(folder / "a.tsv"));
  for (const std::string& name : names_in(folder.path())) CHECK_THAT(name, Contains(".partial"));
  outputs.commit();
  CHECK(names_in(folder.path()) == Names{"a.json", "a.tsv", "undeclared.txt"});
  CHECK(content_of(folder / "a.tsv") == "table");
}

TEST_CASE("Without a commit nothing is left and nothing has changed", "[output_files]") {
  const TemporaryFolder folder;
  folder.file("old.tsv", "old");
  {
    OutputFiles outputs(true);
    outputs.write(folder / "old.tsv", "new");
    outputs.write(folder / "b.tsv", "b");
    folder.file(outputs.temporary_folder(folder / "series").filename().string() + "/1.dcm", "x");
  }
  CHECK(names_in(folder.path()) == Names{"old.tsv"});
  CHECK(content_of(folder / "old.tsv") == "old");
}

TEST_CASE("A file that exists is replaced with force only", "[output_files]") {
  const TemporaryFolder folder;
  folder.file("a.tsv", "old");
  OutputFiles careful(false);
  CHECK_THROWS_WITH(careful.declare(folder / "a.tsv"), Contains("a.tsv: exists already") && Contains("--force"));
  CHECK_THROWS_AS(careful.write(folder / "a.tsv", "new"), UsageError);
  CHECK_THROWS_AS(careful.temporary(folder / "a.tsv"), UsageError);
  OutputFiles forced(true);
  forced.write(folder / "a.tsv", "new");
  CHECK(content_of(folder / "a.tsv") == "old");
  forced.commit();
  CHECK(content_of(folder / "a.tsv") == "new");
  CHECK(names_in(folder.path()) == Names{"a.tsv"});
}

TEST_CASE("A file that appears during the work is not overwritten without force", "[output_files]") {
  const TemporaryFolder folder;
  OutputFiles outputs(false);
  outputs.write(folder / "a.tsv", "mine");
  outputs.write(folder / "b.tsv", "mine");
  folder.file("b.tsv", "theirs");
  CHECK_THROWS_WITH(outputs.commit(), Contains("b.tsv") && Contains("File exists"));
  CHECK(content_of(folder / "b.tsv") == "theirs");
  CHECK_FALSE(fs::exists(folder / "a.tsv"));  // the one before it went back
}

TEST_CASE("A commit that fails half way leaves every file as it was", "[output_files]") {
  const TemporaryFolder folder;
  folder.file("a.tsv", "old");
  {
    OutputFiles outputs(true);
    outputs.write(folder / "a.tsv", "new");
    outputs.write(folder / "b.tsv", "new");
    folder.file("b.tsv/inside", "a folder took the place");
    CHECK_THROWS_WITH(outputs.commit(), Contains("Is a directory"));
  }
  CHECK(content_of(folder / "a.tsv") == "old");
  CHECK(names_in(folder.path()) == Names{"a.tsv", "b.tsv", "b.tsv/inside"});
}

TEST_CASE("An output in a folder that does not exist, or with the name of one, is refused at once", "[output_files]") {
  const TemporaryFolder folder;
  OutputFiles outputs(true);
  CHECK_THROWS_WITH(outputs.declare(folder / "absent/a.tsv"), Contains("absent does not exist"));
  CHECK_THROWS_WITH(outputs.declare(folder.path()), Contains("is a folder"));
  CHECK_THROWS_AS(outputs.declare(""), UsageError);
  CHECK_THROWS_AS(outputs.temporary_folder(folder / "absent/deeper"), UsageError);
}

TEST_CASE("Two outputs of one name are refused, however the name is spelt", "[output_files]") {
  const TemporaryFolder folder;
  OutputFiles outputs(false);
  outputs.declare(folder / "a.tsv");
  CHECK_THROWS_WITH(outputs.declare(folder / "./a.tsv"), Contains("two outputs"));
  outputs.declare("/dev/null");
  CHECK_NOTHROW(outputs.declare("/dev/null"));
}

TEST_CASE("An output that was announced and never written changes nothing", "[output_files]") {
  const TemporaryFolder folder;
  folder.file("a.tsv", "old");
  OutputFiles outputs(true);
  outputs.declare(folder / "a.tsv");
  outputs.write(folder / "b.tsv", "b");
  outputs.commit();
  CHECK(content_of(folder / "a.tsv") == "old");
  CHECK(names_in(folder.path()) == Names{"a.tsv", "b.tsv"});
}

TEST_CASE("A temporary name keeps the extension and must be filled", "[output_files]") {
  const TemporaryFolder folder;
  OutputFiles outputs(false);
  const fs::path map = outputs.temporary(folder / "sub-01.5_mimap.nii.gz");
  CHECK(map.parent_path() == fs::canonical(folder.path()));
  CHECK(map.string().ends_with(".partial.nii.gz"));
  CHECK_THROWS_AS(outputs.commit(), OutputError);
  std::ofstream(map) << "voxels";
  outputs.commit();
  CHECK(content_of(folder / "sub-01.5_mimap.nii.gz") == "voxels");
}

TEST_CASE("A name of the greatest length can be written", "[output_files]") {
  const TemporaryFolder folder;
  const std::string name = std::string(251, 'n') + ".tsv";
  OutputFiles outputs(false);
  outputs.write(folder / name, "x");
  outputs.commit();
  CHECK(names_in(folder.path()) == Names{name});
}

TEST_CASE("A link to a file is followed and stays", "[output_files]") {
  const TemporaryFolder folder;
  folder.file("target/t.tsv", "old");
  fs::create_symlink("target/t.tsv", folder / "link.tsv");
  fs::create_symlink("target/absent.tsv", folder / "dangling.tsv");
  OutputFiles outputs(true);
  outputs.write(folder / "link.tsv", "new");
  outputs.write(folder / "dangling.tsv", "made");
  outputs.commit();
  CHECK(fs::is_symlink(folder / "link.tsv"));
  CHECK(content_of(folder / "target/t.tsv") == "new");
  CHECK(content_of(folder / "target/absent.tsv") == "made");
}

TEST_CASE("A full device is an error with its reason, and then no file has changed", "[output_files]") {
  const TemporaryFolder folder;
  {
    OutputFiles outputs(false);
    outputs.write(folder / "a.tsv", "a");
    outputs.write("/dev/full", "text");
    CHECK_THROWS_WITH(outputs.commit(), Contains("/dev/full") && Contains("No space left on device"));
  }
  CHECK(names_in(folder.path()).empty());
}

TEST_CASE("A regular file in shared memory is a file like any other", "[output_files]") {
  std::string name = "/dev/shm/occupet-XXXXXX";
  if (!fs::is_directory("/dev/shm") || mkdtemp(name.data()) == nullptr) {
    WARN("no shared memory here: skipped");
    return;
  }
  const fs::path file = fs::path(name) / "a.tsv";
  std::ofstream(file) << "old";
  CHECK_THROWS_AS(OutputFiles(false).declare(file), UsageError);
  {
    OutputFiles outputs(true);
    outputs.write(file, "new");
    outputs.commit();
  }
  CHECK(content_of(file) == "new");
  fs::remove_all(name);
}

TEST_CASE("A pipe gets the whole content and stays a pipe", "[output_files]") {
  const TemporaryFolder folder;
  const fs::path pipe = folder / "pipe";
  REQUIRE(mkfifo(pipe.c_str(), 0600) == 0);
  const std::string text(5000, 'p');
  std::FILE* const reader = std::fopen(pipe.c_str(), "r+");  // both ends, so that neither waits
  REQUIRE(reader != nullptr);
  OutputFiles outputs(false);
  outputs.write(pipe, text);
  outputs.commit();
  std::string received(text.size(), ' ');
  CHECK(std::fread(received.data(), 1, received.size(), reader) == text.size());
  std::fclose(reader);
  CHECK(received == text);
  CHECK(fs::is_fifo(pipe));
}

TEST_CASE("An output folder appears as a whole", "[output_files]") {
  const TemporaryFolder folder;
  OutputFiles outputs(false);
  const fs::path series = outputs.temporary_folder(folder / "series/");
  REQUIRE(fs::is_directory(series));
  std::ofstream(series / "1.dcm") << "1";
  CHECK_FALSE(fs::exists(folder / "series"));
  outputs.commit();
  CHECK(names_in(folder.path()) == Names{"series", "series/1.dcm"});
}

TEST_CASE("A folder that holds files is written to with force only, and keeps what has other names", "[output_files]") {
  const TemporaryFolder folder;
  folder.file("out/keep.txt", "theirs");
  folder.file("out/sub-01/old.dcm", "old");
  OutputFiles careful(false);
  CHECK_THROWS_WITH(careful.temporary_folder(folder / "out"), Contains("is not empty"));

  OutputFiles forced(true);
  const fs::path temporary = forced.temporary_folder(folder / "out");
  fs::create_directory(temporary / "sub-01");
  std::ofstream(temporary / "sub-01/new.dcm") << "new";
  std::ofstream(temporary / "study.json") << "{}";
  forced.commit();
  CHECK(names_in(folder / "out") == Names{"keep.txt", "study.json", "sub-01", "sub-01/new.dcm", "sub-01/old.dcm"});
}

TEST_CASE("With force, folders in an output folder keep what is not replaced, however deep", "[output_files]") {
  const TemporaryFolder folder;
  folder.file("out/ses-a/kinpar.tsv", "theirs");
  folder.file("out/ses-a/dicom/1.dcm", "old");
  folder.file("out/ses-a/dicom/note.txt", "theirs");
  OutputFiles outputs(true);
  const fs::path temporary = outputs.temporary_folder(folder / "out");
  for (const char* name : {"ses-a/dicom", "ses-b/dicom"}) fs::create_directories(temporary / name);
  for (const char* name : {"ses-a/dicom/1.dcm", "ses-a/tacs.tsv", "ses-b/dicom/1.dcm"})
    std::ofstream(temporary / name) << "new";
  outputs.commit();
  CHECK(names_in(folder / "out") == Names{"ses-a", "ses-a/dicom", "ses-a/dicom/1.dcm", "ses-a/dicom/note.txt",
                                          "ses-a/kinpar.tsv", "ses-a/tacs.tsv", "ses-b", "ses-b/dicom",
                                          "ses-b/dicom/1.dcm"});
  CHECK(content_of(folder / "out/ses-a/kinpar.tsv") == "theirs");
  CHECK(content_of(folder / "out/ses-a/dicom/note.txt") == "theirs");
  CHECK(content_of(folder / "out/ses-a/dicom/1.dcm") == "new");
}

TEST_CASE("A folder that cannot be filled as a whole stays as it was", "[output_files]") {
  const TemporaryFolder folder;
  folder.file("out/a/1.dcm", "old");
  folder.file("out/b/1.dcm/inside", "a folder of that name");
  OutputFiles outputs(true);
  const fs::path temporary = outputs.temporary_folder(folder / "out");
  for (const char* name : {"a", "b"}) {
    fs::create_directory(temporary / name);
    std::ofstream(temporary / name / "1.dcm") << "new";
  }
  std::ofstream(temporary / "a/2.dcm") << "new";
  CHECK_THROWS_WITH(outputs.commit(), Contains("b/1.dcm: cannot be written: Is a directory"));
  CHECK(content_of(folder / "out/a/1.dcm") == "old");
  CHECK_FALSE(fs::exists(folder / "out/a/2.dcm"));
}

TEST_CASE("An empty folder, or one with what an ended run has left, takes an output without force", "[output_files]") {
  const TemporaryFolder folder;
  folder.file("out/.x.7.partial/1.dcm", "left behind");
  OutputFiles outputs(false);
  std::ofstream(outputs.temporary_folder(folder / "out") / "a") << "a";
  outputs.commit();
  CHECK(content_of(folder / "out/a") == "a");
  folder.file("file", "x");
  CHECK_THROWS_WITH(OutputFiles(true).temporary_folder(folder / "file"), Contains("is a file"));
}

}  // namespace
