// SPDX-License-Identifier: Apache-2.0
#include "libpet/provenance.h"

#include <unistd.h>

#include <algorithm>
#include <catch2/catch.hpp>
#include <filesystem>
#include <string>

#include "libpet/error.h"
#include "tests/libpet/io/temporary_folder.h"

namespace {

using pet::test::TemporaryFolder;

TEST_CASE("SHA-256 gives the digests of its standard", "[provenance]") {
  // FIPS 180-4, examples of NIST.
  CHECK(pet::sha256("") == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  CHECK(pet::sha256("abc") == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  CHECK(pet::sha256(std::string(1000000, 'a')) == "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0");
}

TEST_CASE("The checksum of a file is that of its bytes, whatever its length", "[provenance]") {
  const TemporaryFolder folder;
  const std::string path = folder.file("abc", "abc");
  CHECK(pet::checksum(path).path == path);
  CHECK(pet::checksum(path).sha256 == pet::sha256("abc"));
  for (const std::size_t length : {0, 65535, 65536, 65537, 200000}) {
    INFO(length);
    const std::string content(length, 'z');
    CHECK(pet::checksum(folder.file("long", content)).sha256 == pet::sha256(content));
  }
}

TEST_CASE("The checksum of a folder depends on names and contents, not on its place", "[provenance]") {
  const TemporaryFolder first;
  const TemporaryFolder second;
  for (const TemporaryFolder* folder : {&first, &second}) {
    folder->file("b/2", "two");
    folder->file("a", "one");
  }
  const std::string digest = pet::checksum(first.path()).sha256;
  CHECK(digest == pet::sha256("a " + pet::sha256("one") + "\nb/2 " + pet::sha256("two") + "\n"));
  CHECK(pet::checksum(second.path()).sha256 == digest);
  second.file("b/2", "TWO");
  CHECK(pet::checksum(second.path()).sha256 != digest);
  second.file("b/2", "two");
  std::filesystem::rename(second / "a", second / "c");
  CHECK(pet::checksum(second.path()).sha256 != digest);
}

TEST_CASE("What does not exist or cannot be read has no checksum", "[provenance]") {
  const TemporaryFolder folder;
  CHECK_THROWS_AS(pet::checksum(folder / "absent"), pet::InputNotFound);
  CHECK_THROWS_AS(pet::checksum("/proc/self/mem"), pet::InputNotFound);  // opens, but its first byte cannot be read
}

TEST_CASE("A record of provenance names software and version", "[provenance]") {
  const pet::Provenance provenance;
  CHECK(provenance.software == "Occupet");
  CHECK(provenance.software_version == pet::version());
  const std::string version = pet::version();
  CHECK(std::count(version.begin(), version.end(), '.') == 2);
}

TEST_CASE("The checksum of a folder follows links to folders, and a loop of them once", "[provenance]") {
  const TemporaryFolder elsewhere;
  elsewhere.file("1", "one");
  const TemporaryFolder folder;
  std::filesystem::create_directory_symlink(elsewhere.path(), folder / "series");
  const std::string digest = pet::sha256("series/1 " + pet::sha256("one") + "\n");
  CHECK(pet::checksum(folder.path()).sha256 == digest);
  std::filesystem::create_directory_symlink(folder.path(), elsewhere / "back");
  std::filesystem::create_symlink("itself", folder / "itself");
  std::filesystem::create_symlink("absent", folder / "dangling");
  CHECK(pet::checksum(folder.path()).sha256 == digest);
}

TEST_CASE("A folder or a part of it that may not be read is an input that is not found", "[provenance]") {
  const TemporaryFolder folder;
  folder.file("a", "one");
  folder.file("closed/b", "two");
  namespace fs = std::filesystem;
  fs::permissions(folder.path(), static_cast<fs::perms>(0755));
  fs::permissions(folder / "closed", fs::perms::none);
  const uid_t user = geteuid();
  constexpr uid_t nobody = 65534;
  if (user == 0) REQUIRE(seteuid(nobody) == 0);  // permissions do not bind the superuser
  std::string message;
  std::string inside;
  try {
    pet::checksum(folder.path());
  } catch (const pet::InputNotFound& error) {
    message = error.what();
  } catch (const std::exception& error) {
    message = std::string("another exception: ") + error.what();
  }
  try {
    pet::checksum(folder / "closed/b");
  } catch (const pet::InputNotFound& error) {
    inside = error.what();
  } catch (const std::exception& error) {
    inside = std::string("another exception: ") + error.what();
  }
  if (user == 0) REQUIRE(seteuid(user) == 0);
  fs::permissions(folder / "closed", fs::perms::owner_all);
  CHECK(message == (folder / "closed").string() + ": cannot be read: Permission denied");
  CHECK(inside == (folder / "closed/b").string() + ": cannot be read: Permission denied");
}

}  // namespace
