// SPDX-License-Identifier: Apache-2.0
#include <dcmtk/config/osconfig.h>
#include <dcmtk/dcmdata/dctk.h>

#include <catch2/catch.hpp>
#include <cmath>

#include "libpet/dicom/detail/decay_reference.h"
#include "libpet/dicom/pet_image.h"
#include "libpet/error.h"
#include "tests/libpet/dicom/encoded_series.h"
#include "tests/libpet/dicom/simulated_series.h"

using namespace pet;
using namespace pet::test;
using Catch::Contains;
using Found = DecayCorrection::Found;

namespace {

void drop_injection(DcmItem& tracer) {
  tracer.findAndDeleteElement(DCM_RadiopharmaceuticalStartDateTime);
  tracer.findAndDeleteElement(DCM_RadiopharmaceuticalStartTime);
}

constexpr double half_life_s = 1220.04;
const double lambda = std::log(2.0) / half_life_s;  // 1/s

// Decay factor of DICOM PS3.3 C.8.9.4, written out once more.
double factor(double start_s, double duration_s, double reference_s) {
  return std::exp(lambda * (start_s - reference_s)) * lambda * duration_s / (1.0 - std::exp(-lambda * duration_s));
}

const detail::DateTime noon = {1'769'860'800'000'000};  // 2026-01-31T12:00

detail::DateTime after_noon(double seconds) {
  return detail::plus_seconds(noon, seconds);
}

std::vector<detail::FrameWitness> witnesses(double reference_s) {
  std::vector<detail::FrameWitness> frames;
  for (const auto& [start, duration] : std::vector<std::pair<double, double>>{{60, 60}, {120, 300}, {600, 600}})
    frames.push_back({after_noon(start), duration, factor(start, duration, reference_s), std::nullopt});
  return frames;
}

}  // namespace

TEST_CASE("Series time is the reference of START where decay factors confirm it", "[dicom][decay]") {
  const auto reference = detail::find_decay_reference(
      witnesses(30.0), {Found::start, after_noon(30.0), std::nullopt, half_life_s}, "file");
  CHECK(reference.time == after_noon(30.0));
  CHECK(reference.evidence == "series time, confirmed by 3 decay factors");
  CHECK(reference.warnings.empty());
}

TEST_CASE("The decay factor of a reported scanner file tells its series time", "[dicom][decay]") {
  // Siemens, F-18: 1.45951 for the frame of 1200 s that starts 2999 s after the series time.
  const std::vector<detail::FrameWitness> frames = {{after_noon(2999.0), 1200.0, 1.45951, std::nullopt}};
  const auto reference =
      detail::find_decay_reference(frames, {Found::start, std::nullopt, std::nullopt, 6586.2}, "file");
  CHECK(detail::seconds_between(noon, reference.time) == Approx(0.0).margin(0.1));
}

TEST_CASE("Decay factors win over a series time that was altered", "[dicom][decay]") {
  const auto reference = detail::find_decay_reference(
      witnesses(60.0), {Found::start, after_noon(-20 * 86400.0), std::nullopt, half_life_s}, "file");
  CHECK(detail::seconds_between(noon, reference.time) == Approx(60.0).margin(1e-3));
  REQUIRE(reference.warnings.size() == 1);
  CHECK_THAT(reference.warnings.front(), Contains("series time"));
}

TEST_CASE("Decay factors that refer to different times are refused with their spread", "[dicom][decay]") {
  auto frames = witnesses(60.0);
  frames[1].decay_factor = factor(120.0, 300.0, 40.0);
  CHECK_THROWS_WITH(
      detail::find_decay_reference(frames, {Found::start, after_noon(60.0), std::nullopt, half_life_s}, "file"),
      Contains("file tag (0054,1321) DecayFactor: found factors that refer to times 20.0 s apart"));
}

TEST_CASE("ADMIN with decay factors of the scan start is a contradiction", "[dicom][decay]") {
  CHECK_THROWS_WITH(detail::find_decay_reference(witnesses(60.0),
                                                 {Found::administration, after_noon(60.0), noon, half_life_s}, "file"),
                    Contains("ADMIN with decay factors that refer to the start of the scan") &&
                        Contains("injection at 60.0 s before the start of the scan"));
}

TEST_CASE("Decay factors of one are no witness: the series time is taken with a warning", "[dicom][decay]") {
  auto frames = witnesses(60.0);
  for (auto& frame : frames) frame.decay_factor = 1.0;
  const detail::DecayClaim claim{Found::start, after_noon(58.0), std::nullopt, half_life_s};
  const auto reference = detail::find_decay_reference(frames, claim, "file");
  CHECK(reference.time == after_noon(58.0));
  CHECK(reference.warnings.size() == 1);

  // Later than the first frame it cannot be the reference; days off it is not.
  const auto late =
      detail::find_decay_reference(frames, {Found::start, after_noon(700.0), std::nullopt, half_life_s}, "file");
  CHECK(late.time == after_noon(60.0));
  CHECK_THROWS_AS(
      detail::find_decay_reference(frames, {Found::start, after_noon(-86400.0), std::nullopt, half_life_s}, "file"),
      InputError);
}

TEST_CASE("What scanners write as frame reference time is recognised", "[dicom][decay]") {
  const auto evidence_with = [](auto time_of) {
    auto frames = witnesses(60.0);
    for (auto& frame : frames)
      frame.frame_reference_s = time_of(detail::seconds_between(after_noon(60.0), frame.start), frame.duration_s);
    return detail::find_decay_reference(frames, {Found::start, after_noon(60.0), std::nullopt, half_life_s}, "file")
        .evidence;
  };
  CHECK_THAT(evidence_with([](double start, double) { return start; }), Contains("are frame starts"));
  CHECK_THAT(evidence_with([](double start, double duration) { return start + duration / 2; }),
             Contains("are mid-frame times"));
  CHECK_THAT(evidence_with([](double start, double duration) {
               return start + std::log(lambda * duration / (1 - std::exp(-lambda * duration))) / lambda;
             }),
             Contains("are average-count-rate times"));
  CHECK_THAT(evidence_with([](double, double) { return 0.0; }), Contains("are zero"));
  CHECK_THAT(evidence_with([](double start, double) { return start + 1e4; }), Contains("no known meaning"));
}

TEST_CASE("The factor that was applied is that of the time from injection to the reference", "[dicom][decay]") {
  // Scan start 1 min after injection.
  const DynamicImage start = WrittenSeries(Found::start).read();
  REQUIRE(start.decay.factor_applied.size() == 1);
  CHECK(start.decay.factor_applied[0] == Approx(std::exp(lambda * 60.0)).epsilon(1e-9));
  CHECK(start.decay.reference_min.value() == Approx(1.0));
  const DynamicImage admin = WrittenSeries(Found::administration).read();
  CHECK(admin.decay.factor_applied == std::vector<double>{1.0});
  const DynamicImage none = WrittenSeries(Found::none).read();
  REQUIRE(none.decay.factor_applied.size() == 3);
  CHECK(none.decay.factor_applied[2] == Approx(factor(240.0, 300.0, 0.0)).epsilon(1e-9));
  CHECK_FALSE(none.decay.reference_min.has_value());
}

TEST_CASE("A series time that was altered does not change the values", "[dicom][decay]") {
  WrittenSeries series;
  const DynamicImage sound = series.read();
  series.set(DCM_SeriesDate, "20260111");
  const DynamicImage altered = series.read();
  CHECK(altered.warnings.size() == 1);
  for (std::size_t v = 0; v < sound.voxels.size(); ++v)
    CHECK(altered.voxels[v] == Approx(sound.voxels[v]).epsilon(1e-5));
}

TEST_CASE("A series that says ADMIN but was corrected to its start is refused", "[dicom][decay]") {
  WrittenSeries series(Found::start, {{30.0, 40.0}, {40.0, 50.0}});
  series.set(DCM_DecayCorrection, "ADMIN");
  CHECK_THAT(series.refusal(), Contains("(0054,1102)") && Contains("refer to the start of the scan") &&
                                   Contains("injection at 1800.0 s before the start of the scan"));
}

TEST_CASE("Slices of a frame with different decay factors are refused", "[dicom][decay]") {
  const WrittenSeries series;
  damage(series.files[1], [](DcmDataset& data) { data.putAndInsertString(DCM_DecayFactor, "1.5"); });
  CHECK_THAT(series.refusal(), Contains("(0054,1321)") && Contains("found 1.5"));
}

TEST_CASE("Without an injection time, time zero is the start of the scan and says so", "[dicom][timing]") {
  WrittenSeries series;
  series.set_tracer(drop_injection);
  const DynamicImage image = series.read();
  CHECK(image.time_zero.empty());
  CHECK(image.frames.front().start_min == 0.0);
  REQUIRE(image.warnings.size() == 1);
  CHECK_THAT(image.warnings.front(), Contains("injection time is unknown"));
  // Values are then corrected to the scan start, one minute after injection.
  CHECK(image.decay.factor_applied[0] == Approx(1.0));
}

TEST_CASE("ADMIN without an injection time or decay factors is refused", "[dicom][timing]") {
  WrittenSeries series(Found::administration);
  series.set_tracer(drop_injection);
  damage_all(series.files, [](DcmDataset& data) { data.findAndDeleteElement(DCM_DecayFactor); });
  CHECK_THAT(series.refusal(), Contains("(0018,1078)") && Contains("ADMIN"));
  CHECK(series.read("12:00:00").decay.factor_applied == std::vector<double>{1.0});
}

TEST_CASE("The user's injection time overrides the header's", "[dicom][timing]") {
  const WrittenSeries series;
  const DynamicImage sound = series.read();
  for (const char* time : {"2026-01-31T11:59:00", "11:59:00"}) {
    const DynamicImage image = series.read(time);
    CHECK(image.time_zero == "2026-01-31T11:59:00.000");
    CHECK(image.frames.front().start_min == Approx(2.0));
    CHECK(image.voxels[5] == Approx(static_cast<double>(sound.voxels[5]) * std::exp(lambda * 60.0)).epsilon(1e-5));
  }
  CHECK_THROWS_AS(series.read("noon"), UsageError);
  CHECK_THROWS_WITH(series.read("2026-01-30T12:00:00"), Contains("12 h before the scan"));
}

TEST_CASE("A time of injection without date gets the day that fits the scan", "[dicom][timing]") {
  const auto time_zero = [](const char* injection, const char* scan_date, const char* scan_time) {
    WrittenSeries series(Found::none, {{0.0, 5.0}});
    series.set_tracer([&](DcmItem& tracer) {
      drop_injection(tracer);
      tracer.putAndInsertString(DCM_RadiopharmaceuticalStartTime, injection);
    });
    series.set(DCM_AcquisitionDate, scan_date);
    series.set(DCM_AcquisitionTime, scan_time);
    return series.read().time_zero;
  };
  CHECK(time_zero("115900", "20260131", "120000") == "2026-01-31T11:59:00.000");
  CHECK(time_zero("120100.5", "20260131", "120000") == "2026-01-31T12:01:00.500");
  CHECK(time_zero("233000", "20260301", "003000") == "2026-02-28T23:30:00.000");
  CHECK(time_zero("000100", "20251231", "235800") == "2026-01-01T00:01:00.000");
  CHECK_THROWS_WITH(time_zero("130000", "20260131", "120000"), Contains("12 h before the scan"));
}

TEST_CASE("An injection after the scan or half a day before it is refused", "[dicom][timing]") {
  for (const char* time : {"20260131130000", "20260130235900", "20260201120000"}) {
    WrittenSeries series(Found::none);
    series.set_tracer([&](DcmItem& item) { item.putAndInsertString(DCM_RadiopharmaceuticalStartDateTime, time); });
    CHECK_THAT(series.refusal(), Contains("(0018,1078)") && Contains("12 h before the scan"));
  }
}

TEST_CASE("Offsets from UTC count where file and element both state one", "[dicom][timing]") {
  WrittenSeries series(Found::none);
  series.set_tracer(
      [](DcmItem& item) { item.putAndInsertString(DCM_RadiopharmaceuticalStartDateTime, "20260131110000+0000"); });
  CHECK_THAT(series.refusal(), Contains("(0018,1078)") && Contains("offset from UTC") && Contains("(0008,0201)"));
  CHECK(series.read("12:00:00").time_zero == "2026-01-31T12:00:00.000");
  series.set(DCM_TimezoneOffsetFromUTC, "1 h east");
  CHECK_THAT(series.refusal(), Contains("(0008,0201)") && Contains("'1 h east'"));
  series.set(DCM_TimezoneOffsetFromUTC, "+0100");
  CHECK(series.read().time_zero == "2026-01-31T12:00:00.000");
}

TEST_CASE("An activity below 10 kBq is taken to be in MBq, with a warning", "[dicom][timing]") {
  WrittenSeries series;
  series.set_tracer([](DcmItem& item) { item.putAndInsertString(DCM_RadionuclideTotalDose, "512.5"); });
  const DynamicImage image = series.read();
  CHECK(image.tracer.injected_activity_MBq.value() == Approx(512.5));
  REQUIRE(image.warnings.size() == 1);
  CHECK_THAT(image.warnings.front(), Contains("MBq"));
}

TEST_CASE("The date and time of acquisition may be one element", "[dicom][timing]") {
  WrittenSeries series(Found::none, {{1.0, 2.0}});
  damage_all(series.files, [](DcmDataset& data) {
    data.findAndDeleteElement(DCM_AcquisitionDate);
    data.putAndInsertString(DCM_AcquisitionDateTime, "20260131120100.25");
  });
  CHECK(series.read().frames.front().start_min == Approx(1.0 + 0.25 / 60.0));
}

TEST_CASE("The start of a frame may carry an offset from UTC", "[dicom][timing]") {
  WrittenSeries series(Found::none, {{1.0, 2.0}});
  damage_all(series.files, [](DcmDataset& data) {
    data.findAndDeleteElement(DCM_AcquisitionDate);
    data.putAndInsertString(DCM_AcquisitionDateTime, "20260131110200+0000");
    data.putAndInsertString(DCM_TimezoneOffsetFromUTC, "+0100");
  });
  CHECK(series.read().frames.front().start_min == Approx(2.0));
}

TEST_CASE("A start of a frame with an offset from UTC needs the offset of the file", "[dicom][timing]") {
  WrittenSeries series(Found::none, {{1.0, 2.0}});
  damage_all(series.files, [](DcmDataset& data) {
    data.findAndDeleteElement(DCM_AcquisitionDate);
    data.putAndInsertString(DCM_AcquisitionDateTime, "20260131110200+0000");
  });
  CHECK_THAT(series.refusal(), Contains("(0008,002a)") && Contains("offset from UTC"));
}

TEST_CASE("A half-life that is not that of the nuclide is refused", "[dicom][timing]") {
  WrittenSeries series;
  // Minutes where seconds are due.
  series.set_tracer([](DcmItem& item) { item.putAndInsertString(DCM_RadionuclideHalfLife, "20.334"); });
  CHECK_THAT(series.refusal(), Contains("(0018,1075)") && Contains("found 20.334") && Contains("1220.04"));
  series.set_tracer([](DcmItem& item) { item.putAndInsertString(DCM_RadionuclideHalfLife, "1223.4"); });
  CHECK(series.refusal().empty());
}

TEST_CASE("An injection many half-lives before the scan is told, ten are refused", "[dicom][timing]") {
  // Scan start at 12:01; 4 half-lives of C-11 are 81.3 min, 10 are 203.3 min.
  const auto with_injection = [](const char* time) {
    WrittenSeries series(Found::none);
    series.set_tracer([&](DcmItem& item) { item.putAndInsertString(DCM_RadiopharmaceuticalStartDateTime, time); });
    return std::pair(series.refusal(), series.refusal().empty() ? series.read().warnings : std::vector<std::string>());
  };
  CHECK(with_injection("20260131104200").second.empty());
  const auto late = with_injection("20260131103000").second;
  REQUIRE(late.size() == 1);
  CHECK_THAT(late.front(), Contains("4.5 half-lives"));
  CHECK_THAT(with_injection("20260131030100").first,
             Contains("(0018,1078)") && Contains("9.00 h before the start of the scan, 26.6 half-lives"));
}

TEST_CASE("An injection during the first frame is told", "[dicom][timing]") {
  WrittenSeries series(Found::none);
  const auto warnings = series.read("12:05:00").warnings;
  REQUIRE(warnings.size() == 1);
  CHECK_THAT(warnings.front(), Contains("240 s after the start of the first frame"));
  CHECK(series.read("12:01:00").warnings.empty());
}

TEST_CASE("An injection time that cannot be is an error of the option", "[dicom][timing]") {
  const WrittenSeries series;
  for (const char* time : {"noon", "2026-01-30T12:00:00", "13:00:00", "2026-01-31T03:01:00"}) {
    CHECK_THROWS_AS(series.read(time), UsageError);
    CHECK_THROWS_WITH(series.read(time), Contains("--injection-time") && !Contains("(0018,1078)"));
  }
}

TEST_CASE("Values that are not corrected have no decay factors", "[dicom][decay]") {
  const auto with_factors = [](double second) {
    WrittenSeries series(Found::none, {{1.0, 2.0}, {2.0, 4.0}});
    for (std::size_t i = 0; i < series.files.size(); ++i) {
      const std::string text = std::to_string(i < 3 ? factor(60.0, 60.0, 0.0) : second);
      damage(series.files[i], [&](DcmDataset& data) { data.putAndInsertString(DCM_DecayFactor, text.c_str()); });
    }
    return std::pair(series.refusal(), series.refusal().empty() ? series.read().warnings.size() : 0);
  };
  CHECK_THAT(with_factors(factor(120.0, 120.0, 0.0)).first,
             Contains("(0054,1102)") && Contains("NONE with decay factors that refer to 60.0 s before the start"));
  CHECK(with_factors(7.0).second == 1);
}

TEST_CASE("A series time before the scan must fit the frame reference times", "[dicom][decay]") {
  const auto with_references = [](double offset_s) {
    auto frames = witnesses(60.0);
    for (auto& frame : frames) {
      frame.decay_factor.reset();
      frame.frame_reference_s = detail::seconds_between(after_noon(60.0), frame.start) + offset_s;
    }
    return detail::find_decay_reference(frames, {Found::start, after_noon(60.0 - 1800.0), std::nullopt, half_life_s},
                                        "file");
  };
  CHECK(with_references(1800.0).time == after_noon(60.0 - 1800.0));
  CHECK_THROWS_WITH(with_references(0.0), Contains("(0008,0031)") &&
                                              Contains("1800.0 s before the start of the scan") &&
                                              Contains("reference time of 0.0 s"));
}

TEST_CASE("A time of the scanner's own is evidence where the series time was altered", "[dicom][decay]") {
  // The scan began 60 s after noon; values are corrected to that.
  const auto reference = [](double series_s, double scanner_s, bool has_factors) {
    auto frames = witnesses(60.0);
    if (!has_factors)
      for (auto& frame : frames) frame.decay_factor = 1.0;
    return detail::find_decay_reference(frames,
                                        {.found = Found::start,
                                         .series_time = after_noon(series_s),
                                         .injection = std::nullopt,
                                         .half_life_s = half_life_s,
                                         .scanner_time = after_noon(scanner_s),
                                         .scanner_tag = "(0009,100D)"},
                                        "file");
  };
  const auto both = reference(60.0, 60.0, true);
  CHECK(both.evidence == "series time, confirmed by 3 decay factors");
  CHECK(both.warnings.empty());
  const auto altered = reference(-20 * 86400.0, 60.0, true);
  CHECK(altered.time == after_noon(60.0));
  CHECK(altered.evidence == "time (0009,100D) of the scanner, confirmed by 3 decay factors");
  CHECK_THAT(altered.warnings.front(), Contains("the series time is -1728060.0 s from the time (0009,100D)"));

  const auto unconfirmed = reference(700.0, 60.0, false);
  CHECK(unconfirmed.time == after_noon(60.0));
  CHECK(unconfirmed.evidence == "time (0009,100D) of the scanner; no decay factor confirms it");
  CHECK(unconfirmed.warnings.size() == 2);
  // A date that was altered in the private element alone is no time of this scan.
  CHECK(reference(58.0, -86400.0, false).time == after_noon(58.0));
}

TEST_CASE("The time of GE and Siemens scanners stands in for a series time that was altered", "[dicom][decay]") {
  for (const PetDialect dialect : {PetDialect::ge, PetDialect::siemens}) {
    const TemporaryFolder folder;
    PetWriteOptions options = small_options();
    options.dialect = dialect;
    const auto files = write_pet_series(small_image({{1.0, 2.0}, {2.0, 4.0}}), options, folder.path());
    const DynamicImage sound = read_pet_series(folder.path());
    damage_all(files, [](DcmDataset& data) {
      data.putAndInsertString(DCM_DecayFactor, "1");
      data.putAndInsertString(DCM_SeriesTime, "180000");
    });
    const DynamicImage read = read_pet_series(folder.path());
    CHECK(read.voxels == sound.voxels);
    const char* expected = dialect == PetDialect::ge ? "time (0009,100D) of the scanner" : "time (0071,1022) of the";
    CHECK_THAT(read.decay.evidence, Contains(expected));
    encode(files, EXS_LittleEndianImplicit);  // in which private elements have no representation of their own
    CHECK_THAT(read_pet_series(folder.path()).decay.evidence, Contains(expected));
    // Without it the start of the scan has to do, which here is the same.
    damage_all(files, [](DcmDataset& data) {
      data.findAndDeleteElement(DcmTagKey(0x0009, 0x0010));
      data.findAndDeleteElement(DcmTagKey(0x0071, 0x0010));
    });
    CHECK_THAT(read_pet_series(folder.path()).decay.evidence, Contains("start of the scan"));
  }
}

TEST_CASE("Values corrected to administration without decay factors are told", "[dicom][decay]") {
  WrittenSeries series(Found::administration);
  damage_all(series.files, [](DcmDataset& data) { data.findAndDeleteElement(DCM_DecayFactor); });
  const auto warnings = series.read().warnings;
  REQUIRE(warnings.size() == 1);
  CHECK_THAT(warnings.front(), Contains("decay factors are 1 or missing") && Contains("injection time was taken"));
}

TEST_CASE("What is said of the decay holds no date", "[dicom][decay]") {
  WrittenSeries series;
  series.set(DCM_SeriesTime, "113000");
  const DynamicImage image = series.read();
  CHECK_THAT(image.decay.evidence, Contains("refer to the start of the scan") && !Contains("2026"));
  for (const std::string& warning : image.warnings) CHECK_THAT(warning, !Contains("2026"));
}

TEST_CASE("A decay reference that the user gives stands above a header that contradicts itself", "[dicom][timing]") {
  const WrittenSeries series;  // the scan starts 1 min after injection
  const DynamicImage sound = series.read();
  series.set(DCM_DecayFactor, "1.5");
  REQUIRE_THAT(series.refusal(), Contains("(0054,1321)"));
  const auto read = [&](const std::string& reference) {
    PetReadOptions options;
    options.decay_reference = reference;
    return read_pet_series(series.folder.path(), options);
  };
  for (const char* reference : {"scan-start", "12:01:00", "2026-01-31T12:01:00"}) {
    CAPTURE(reference);
    const DynamicImage given = read(reference);
    CHECK(given.voxels == sound.voxels);
    CHECK(given.decay.evidence == "given by the user");
    CHECK(*given.decay.reference_min == Approx(1.0));
  }
  // C-11 decays by exp(-ln 2 x 60 / 1220.04) in the minute.
  CHECK(read("injection").voxels[3] / sound.voxels[3] ==
        Approx(std::exp(-std::log(2.0) * 60.0 / 1220.04)).epsilon(1e-6));
  for (const char* reference : {"noon", "20:00:00", "2026-02-01T12:01:00"})
    CHECK_THROWS_AS(read(reference), UsageError);
  const WrittenSeries uncorrected(DecayCorrection::Found::none);
  PetReadOptions options;
  options.decay_reference = "scan-start";
  CHECK_THROWS_AS(read_pet_series(uncorrected.folder.path(), options), UsageError);
}

TEST_CASE("Lossy pixels are read where that is allowed, with a warning", "[dicom][timing]") {
  const WrittenSeries series;
  const DynamicImage sound = series.read();
  series.set(DCM_LossyImageCompression, "01");
  REQUIRE_THAT(series.refusal(), Contains("(0028,2110)"));
  PetReadOptions options;
  options.allows_lossy = true;
  const DynamicImage lossy = read_pet_series(series.folder.path(), options);
  CHECK(lossy.voxels == sound.voxels);
  CHECK_THAT(lossy.warnings,
             Catch::VectorContains(std::string("pixels were compressed with loss: values are not quantitative")));
}
