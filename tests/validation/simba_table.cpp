// SPDX-License-Identifier: Apache-2.0
// Prints the tables "SRTM on simulated curves with noisy reference" of docs/validation.md: simba_table [SAMPLES]
// (1000).
#include <cstdio>
#include <cstdlib>

#include "tests/validation/simba_study.h"

namespace {

void print_error(const char* name, const simba::Result& result) {
  std::printf("| %s | %+.2f %% | %.2f %% | %.2f %% |\n", name, 100.0 * result.mean_error, 100.0 * result.rms_error,
              100.0 * result.median_error);
}

void print_coverage(const char* curves, const char* interval, const simba::Result& result) {
  std::printf("| %s | %s | %d of %d, %.1f %% | %d | %d | %.1f %% |\n", curves, interval, result.held, result.curves,
              100.0 * result.coverage(), result.below, result.above, 100.0 * result.width);
  std::fflush(stdout);
}

}  // namespace

int main(int argc, char** argv) {
  using pet::Sampling, simba::Interval;
  const int samples = argc > 1 ? std::atoi(argv[1]) : 1000;
  const std::string folder = std::string(OCCUPET_REFERENCE_DIR) + "/simba_ref";
  const auto noisy = simba::read(folder, "tacs_noisy.tsv");
  std::printf("| BPND of 180 curves | mean error | RMS error | median absolute error |\n|---|---|---|---|\n");
  print_error("`srtm`, `--sampling midframe`", simba::run(noisy, Sampling::midframe, Interval::none));
  print_error("`srtm`, frame averages", simba::run(noisy, Sampling::average, Interval::none));
  print_error("`srtm`, `midframe`, `--reference-noise`", simba::run(noisy, Sampling::midframe, Interval::both_curves));
  print_error("`srtm`, `midframe`, `--reference-noise --share reference`",
              simba::run_shared_reference(noisy, Sampling::midframe));
  print_error("`srtm2`, one k2prime a scan, `midframe`", simba::run_shared_k2prime(noisy, Sampling::midframe));
  const auto weighted = simba::read_with_weights(folder);
  print_error("weights of the set: `srtm`, `midframe`", simba::run(weighted, Sampling::midframe, Interval::none));
  print_error("weights of the set: `srtm`, `midframe`, `--reference-noise`",
              simba::run(weighted, Sampling::midframe, Interval::both_curves));
  print_error("weights of the set: `srtm`, `midframe`, `--reference-noise --share reference`",
              simba::run_shared_reference(weighted, Sampling::midframe));
  std::printf("\n| curves | 95 %% interval | holds the truth | lies below | lies above | median width |\n");
  std::printf("|---|---|---|---|---|---|\n");
  const auto all = [&](const char* curves, const std::vector<simba::Scan>& scans) {
    print_coverage(curves, "se", simba::run(scans, Sampling::midframe, Interval::standard_error));
    print_coverage(curves, "profile", simba::run(scans, Sampling::midframe, Interval::profile));
    print_coverage(curves, "bootstrap", simba::run(scans, Sampling::midframe, Interval::bootstrap, samples));
    print_coverage(curves, "profile, `--reference-noise`",
                   simba::run(scans, Sampling::midframe, Interval::both_curves));
    print_coverage(curves, "bootstrap, `--reference-noise`",
                   simba::run(scans, Sampling::midframe, Interval::both_bootstrapped, samples));
    print_coverage(curves, "profile, `--reference-noise --share reference`",
                   simba::run_shared_reference(scans, Sampling::midframe));
  };
  all("the set", noisy);
  all("the set, its weights", weighted);
  const auto noiseless = simba::read(folder, "tacs_true.tsv");
  const auto own = [&](double reference_noise, double early) {
    auto scans = simba::simulated(noiseless, reference_noise, early, 1);
    for (const std::uint64_t seed : {2, 3, 4})
      for (auto& scan : simba::simulated(noiseless, reference_noise, early, seed)) scans.push_back(std::move(scan));
    return scans;
  };
  all("own noise, 0.17 in the reference", own(0.17, 1.0));
  all("own noise, 0.30 in the reference", own(0.30, 1.0));
  all("own noise, 0.17, twice that before 3 min", own(0.17, 2.0));
  return 0;
}
