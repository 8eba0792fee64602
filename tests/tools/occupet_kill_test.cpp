// SPDX-License-Identifier: Apache-2.0
// A run of the BIDS App that is killed at a random moment, and then run again.
#include <chrono>
#include <random>

#include "tests/tools/image_dataset.h"

TEST_CASE("occupet killed at twenty random moments and run again gives the bytes of an undisturbed run", "[occupet]") {
  const Workplace here;
  REQUIRE(here.run(std::string(OCCUPET_SOURCE_DIR) + "/tests/tools/lay_out_cohort.sh " + OCCUPET_SOURCE_DIR +
                   "/data/studies/tutorial.json bids 01:3 02:8 03:15")
              .status == 0);
  lay_out_images(here, "04");  // for maps
  here.write(
      "study.json",
      R"({"schema_version": 1, "fit": [{"model": "srtm", "reference": "cerebellum"}, {"model": "logan", "t_star": 4}],
                 "occupancy": [{"method": "joint", "reference": "cerebellum"}, {"method": "lassen", "fit": "Logan"}],
                 "drugs": [{"session": "drug", "name": "psilocybin", "dose": "5 mg"}],
                 "map": [{"model": "srtm2", "reference": "cerebellum", "k2prime": 0.05}], "occupancy_map": [{}],
                 "curve": [{"occupancy": "Joint", "x": "dose"}]})");
  const std::string run =
      "occupet bids out participant --config-file study.json -q; "
      "occupet bids out group --config-file study.json -q";
  const auto content = [&] { return here.run("cd out && find . -type f | LC_ALL=C sort | xargs sha256sum").out; };

  const auto start = std::chrono::steady_clock::now();
  REQUIRE(here.run(run).status == 0);
  const double seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
  const std::string undisturbed = content();
  CHECK(std::count(undisturbed.begin(), undisturbed.end(), '\n') > 80);
  CHECK_THAT(undisturbed, Catch::Contains("_model-Ratio_meas-occupancy_mimap.nii.gz"));

  // Every result that a killed run left is named by a state, so that a later run can remove it.
  const auto without_state = [&] {
    return here
        .run(
            "cat $(find out/work -name '*.json' ! -name '.*') /dev/null > states; for f in $(cd out && find sub-* "
            "-type f "
            "! -name '.*'); do grep -qF \"\\\"$f\\\"\" states || echo $f; done")
        .out;
  };
  CHECK(without_state() == "");

  std::mt19937 generator(20);
  std::uniform_real_distribution<double> moment(0.0, seconds);
  int interrupted = 0;
  for (int i = 0; i < 20; ++i) {
    here.run("rm -rf out");
    const double killed_after = moment(generator);
    CAPTURE(i, killed_after);
    here.run("timeout -s KILL " + std::to_string(killed_after) + " sh -c '" + run + "'");
    if (!here.has("out") || content() != undisturbed) ++interrupted;
    if (here.has("out/work")) CHECK(without_state() == "");
    REQUIRE(here.run(run).status == 0);
    CHECK((content() == undisturbed));
  }
  // How many came in time depends on what else the machine does; none would mean that nothing was tested.
  CHECK(interrupted >= 1);
}
