// SPDX-License-Identifier: Apache-2.0
#include "libpet/provenance.h"

#include <catch2/catch.hpp>
#include <fstream>
#include <random>

#include "libpet/error.h"

namespace fs = std::filesystem;

namespace {

class TemporaryFolder {
 public:
  TemporaryFolder() : path_(fs::temp_directory_path() / ("provenance-" + std::to_string(std::random_device()()))) {
    fs::create_directories(path_);
  }
  ~TemporaryFolder() { fs::remove_all(path_); }
  TemporaryFolder(const TemporaryFolder&) = delete;
  TemporaryFolder& operator=(const TemporaryFolder&) = delete;

  const fs::path& path() const { return path_; }
  void write(const std::string& name, const std::string& text) const {
    fs::create_directories((path_ / name).parent_path());
    std::ofstream(path_ / name) << text;
  }

 private:
  fs::path path_;
};

}  // namespace

// FIPS 180-4, example computations of NIST.
TEST_CASE("SHA-256 agrees with the published examples", "[provenance]") {
  CHECK(pet::sha256("abc") == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  CHECK(pet::sha256("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq") ==
        "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1");
  CHECK(pet::sha256(std::string(1000000, 'a')) == "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0");
}

TEST_CASE("The checksum of a file is that of its bytes", "[provenance]") {
  const TemporaryFolder folder;
  folder.write("a", std::string(1000000, 'a'));
  const pet::InputChecksum checksum = pet::checksum(folder.path() / "a");
  CHECK(checksum.sha256 == pet::sha256(std::string(1000000, 'a')));
  CHECK(checksum.path == (folder.path() / "a").string());
}

TEST_CASE("The checksum of a folder follows names and bytes, not the place", "[provenance]") {
  const TemporaryFolder one;
  const TemporaryFolder other;
  for (const TemporaryFolder* folder : {&one, &other}) {
    folder->write("frames/1", "x");
    folder->write("frames/2", "y");
  }
  const std::string before = pet::checksum(one.path()).sha256;
  CHECK(pet::checksum(other.path()).sha256 == before);
  other.write("frames/2", "z");
  CHECK(pet::checksum(other.path()).sha256 != before);
  fs::rename(one.path() / "frames/2", one.path() / "frames/3");
  CHECK(pet::checksum(one.path()).sha256 != before);
}

TEST_CASE("An input that is not there has no checksum", "[provenance]") {
  CHECK_THROWS_AS(pet::checksum("no/such/file"), pet::InputNotFound);
}
