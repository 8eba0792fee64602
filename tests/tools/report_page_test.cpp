// SPDX-License-Identifier: Apache-2.0
// The page that pet-report makes, as a document; report_browser_test.sh opens it.
#include <fstream>
#include <regex>

#include "libpet/error.h"
#include "libpet/io/nifti.h"
#include "libpet/provenance.h"
#include "tests/tools/command_fixture.h"
#include "tools/report/detail/answer.h"
#include "tools/report/detail/page.h"
#include "tools/report/detail/page_text.h"
#include "tools/report/report.h"

using namespace pet;

namespace {

const std::vector<ReportScript> no_scripts = {{"vega", "0", "/* stands for a script */"}};

std::string curves(const std::string& region) {
  std::string text = "frame_start\tframe_end\tcerebellum\t" + region + "\n";
  for (int i = 0; i < 20; ++i)
    text += std::to_string(300 * i) + "\t" + std::to_string(300 * (i + 1)) + "\t" + std::to_string(9000 - 300 * i) +
            "\t" + std::to_string(20000 - 500 * i + 37 * (i % 3)) + "\n";
  return text;
}

const char* const curves_sidecar =
    R"({"Units": "Bq/mL", "RadionuclideHalfLife": 1220, "InjectedRadioactivity": 350, "InjectedRadioactivityUnits": "MBq"})";

const char* const kinpar =
    "index\tname\tBPND\tBPND-se\tstatus\tflags\n1\tinsula\t1.5\t2\tok\tn/a\n2\tcaudate\t0.2\t30\tok\tlow_binding\n";

const char* const regional =
    "index\tname\tBPND_baseline\tBPND_drug\toccupancy\toccupancy_se\toccupancy_lower\toccupancy_upper\tstatus\tflags\n"
    "1\tinsula\t1.5\t0.6\t0.6\t0.01\t0.58\t0.62\tok\tn/a\n"
    "2\toccipital\t1.2\t0.54\t0.55\t0.05\t0.45\t0.65\tok\tn/a\n"
    "3\tcaudate\t0.2\t0.3\t-0.5\t0.4\t-inf\tinf\tunidentifiable\toccupancy_below_zero;occupancy_unbounded\n";

std::string lassen_table(const std::string& status, const std::string& flags) {
  return "index\tname\tVT_baseline\tVT_drug\toccupancy\toccupancy_se\toccupancy_lower\toccupancy_upper\tstatus\tflags\t"
         "VND\tVND_se\tVND_lower\tVND_upper\tr2\tregions\n"
         "0\tlassen\t15\t10\t0.651\t0.002\t0.647\t0.655\t" +
         status + "\t" + flags +
         "\t8\t0.1\t7.9\t8.1\t0.99\t3\n"
         "1\tinsula\t20\t12.2\t0.65\t0.01\t0.63\t0.67\tok\tn/a\tn/a\tn/a\tn/a\tn/a\tn/a\tn/a\n"
         "2\tcerebellum\t8\t8\t0.1\t0.01\t0.1\t0.2\tok\tn/a\tn/a\tn/a\tn/a\tn/a\tn/a\tn/a\n";
}

std::string page_of(const Workplace& here) {
  return make_report(here.path, no_scripts).html;
}

bool has(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

std::vector<std::string> sections_of(const std::string& html) {
  std::vector<std::string> ids;
  const std::regex section("<section id=\"([a-z]+)\"");
  for (std::sregex_iterator at(html.begin(), html.end(), section), end; at != end; ++at) ids.push_back((*at)[1]);
  return ids;
}

std::string answer_of(const std::string& html) {
  const std::size_t start = html.find("<p class=\"answer");
  const std::size_t text = html.find('>', start) + 1;
  return html.substr(text, html.find("</p>", start) - text);
}

}  // namespace

TEST_CASE("A page has a section for what is there, in the order of the analysis") {
  const Workplace here;
  here.write("tacs.tsv", curves("insula"));
  here.write("tacs.json", curves_sidecar);
  CHECK(sections_of(page_of(here)) ==
        std::vector<std::string>{"summary", "checks", "curves", "methods", "provenance", "warnings"});

  here.write("baseline_kinpar.tsv", kinpar);
  here.write("occupancy.tsv", regional);
  here.write("curve.tsv",
             "parameter\tvalue\tse\tlower\tupper\tunit\tstatus\tflags\nOmax\t0.76\t0.01\t0.73\t0.79\t1\tok\tn/a\n"
             "EC50\t1.97\t0.1\t1.7\tinf\tug/L\tok\tn/a\n");
  here.write("band.tsv", "x\ty\tlower\tupper\n0\t0\t0\t0\n1\t0.3\t0.2\t0.4\n10\t0.6\t0.5\t0.7\n");
  CHECK(sections_of(page_of(here)) == std::vector<std::string>{"summary", "checks", "curves", "parameters", "occupancy",
                                                               "dose", "methods", "provenance", "warnings"});
}

TEST_CASE("The answer of regional occupancies names the narrowest interval and the range") {
  const Workplace here;
  here.write("sub-01_desc-drug_occupancy.tsv", regional);
  here.write("sub-01_desc-drug_occupancy.json",
             R"({"Method": "bpnd", "ConfidenceLevel": 0.95, "Drug": "psilocybin", "Dose": "25 mg"})");
  CHECK(answer_of(page_of(here)) ==
        "Psilocybin (25 mg) occupied 60.0\u00A0% of its target in insula, where the interval is narrowest (95\u00A0% "
        "interval "
        "58.0\u00A0% to 62.0\u00A0%); the 2 usable regions lie between 55.0\u00A0% (occipital) and 60.0\u00A0% "
        "(insula).");
}

TEST_CASE("A fit of all regions answers before regional occupancies, but not where it determines nothing") {
  const Workplace here;
  here.write("a_occupancy.tsv", regional);
  here.write("b_occupancy.tsv", lassen_table("ok", "n/a"));
  CHECK(has(answer_of(page_of(here)),
            "The drug occupied 65.1\u00A0% of its target (interval 64.7\u00A0% to 65.5\u00A0%), by a "
            "Lassen plot of all regions."));
  here.write("b_occupancy.tsv", lassen_table("unidentifiable", "regressions_disagree"));
  const std::string html = page_of(here);
  CHECK(has(answer_of(html), "in insula"));
  CHECK(has(html, "is not determined by a Lassen plot of all regions (status unidentifiable: regressions_disagree)"));
  std::filesystem::remove(here.path / "a_occupancy.tsv");
  CHECK(has(answer_of(page_of(here)), "is not determined"));
}

TEST_CASE("The answer of several subjects is how many have an occupancy, and its range") {
  const Workplace here;
  for (const char* subject : {"01", "02", "03"}) {
    std::string table = lassen_table(std::string(subject) == "03" ? "unidentifiable" : "ok", "n/a");
    if (std::string(subject) == "02") table.replace(table.find("0.651"), 5, "0.702");
    here.write(std::string("sub-") + subject + "_desc-drug_model-Lassen_occupancy.tsv", table);
  }
  const std::string html = page_of(here);
  CHECK(answer_of(html) ==
        "In 2 of 3 subjects drug occupied between 65.1\u00A0% (sub-01) and 70.2\u00A0% (sub-02) of its target; in the "
        "others it is not determined.");
  CHECK(has(html, "sub-03: The occupancy by drug is not determined"));
  CHECK(has(html, "Occupancy of all regions together"));
  CHECK(has(html, "Regional occupancy, sub-02, Lassen plot, drug"));
}

TEST_CASE("A folder of many scans still gives a page of less than 2.2 MB, which says what it leaves out") {
  const Workplace here;
  for (int scan = 0; scan < 16; ++scan) {
    std::string text = "frame_start\tframe_end";
    for (int region = 0; region < 110; ++region) text += "\tregion" + std::to_string(region);
    for (int f = 0; f < 45; ++f) {
      text += "\n" + std::to_string(120 * f) + "\t" + std::to_string(120 * (f + 1));
      for (int region = 0; region < 110; ++region) text += "\t" + std::to_string(12345 + 17 * region + 31 * f);
    }
    here.write("sub-" + std::to_string(10 + scan / 2) + "_ses-" + std::to_string(scan % 2) + "_tacs.tsv", text + "\n");
  }
  const std::string html = page_of(here);
  CHECK(html.size() < 2'200'000);  // and 0.8 MB of scripts
  CHECK(has(html, "The first 36 of 110 regions are shown"));
  CHECK(has(html, "groups of scans are drawn"));
}

namespace {

// A cohort as `occupet group` joins it: every participant with a row of all regions and a regional one.
const char* const cohort_header =
    "participant_id\tdrug\tdose\tplasma_level\tindex\tname\tBPND_baseline\tBPND_drug\toccupancy\toccupancy_se\t"
    "occupancy_lower\toccupancy_upper\tstatus\tflags\tR1_baseline\tR1_drug\n";

std::string cohort_rows(const std::string& participant, const std::string& dose, const std::string& occupancy) {
  const std::string start = participant + "\tpsilocybin\t" + dose + "\tn/a\t";
  return start + "0\tjoint\t1.5\t0.9\t" + occupancy + "\t0.01\t0.1\t0.9\tok\tn/a\t1\t1\n" + start +
         "1\tinsula\t1.5\t0.9\t" + occupancy + "\t0.02\t0.1\t0.9\tok\tn/a\t1\t1\n";
}

const std::string cohort = cohort_header + cohort_rows("sub-01", "3", "0.29") + cohort_rows("sub-02", "25", "0.66");

const char* const change_table =
    "index\tname\tVT_baseline\tVT_drug\tchange\tchange_se\tchange_lower\tchange_upper\tstatus\tflags\t"
    "detectable_change\n"
    "1\tinsula\t20\t17.6\t-0.12\t0.02\t-0.16\t-0.08\tok\tn/a\t0.1\n"
    "2\tcaudate\t20\t21\t0.05\t0.04\t-0.03\t0.13\tok\tn/a\t0.1\n";

}  // namespace

TEST_CASE("A table of several participants shows each of them and is nobody's answer") {
  const Workplace here;
  here.write("desc-group_model-Joint_occupancy.tsv", cohort);
  here.write("desc-group_model-Joint_occupancy.json", R"({"dose": {"Units": "mg"}})");
  const std::string html = page_of(here);
  CHECK(answer_of(html) == "Occupancy of 2 participants is shown below, each by itself; no curve describes the group.");
  CHECK_FALSE(has(html, "occupied"));
  CHECK(has(html, "Occupancy by participant"));
  CHECK(has(html, "sub-01, psilocybin, 3 mg"));
  CHECK(has(html, "sub-02, psilocybin, 25 mg"));
}

TEST_CASE("The answer of a group is its curve, told by the columns and not by the end of the name") {
  const Workplace here;
  here.write("desc-group_model-Joint_occupancy.tsv", cohort);
  here.write("desc-psilocybinobservations_model-Emax_occupancy.tsv", cohort);
  const std::string sum = checksum(here.path / "desc-psilocybinobservations_model-Emax_occupancy.tsv").sha256;
  here.write("desc-psilocybin_model-Emax_occupancy.tsv",
             "parameter\tvalue\tse\tlower\tupper\tunit\tstatus\tflags\nOmax\t0.8\t0.01\t0.75\t0.85\t1\tok\tn/a\n"
             "EC50\t5\t0.4\t4.2\t5.9\tmg\tok\tn/a\n");
  here.write("desc-psilocybin_model-Emax_occupancy.json",
             R"({"X": "dose", "Y": "occupancy", "ConfidenceLevel": 0.9, "SourcesSHA256": [")" + sum + "\"]}");
  here.write("desc-psilocybinband_model-Emax_occupancy.tsv",
             "x\ty\tlower\tupper\tobservation_lower\tobservation_upper\n0\t0\t0\t0\t0\t0\n"
             "5\t0.4\t0.35\t0.45\t0.3\t0.5\n25\t0.667\t0.6\t0.7\t0.5\t0.8\n");
  const Report report = make_report(here.path, no_scripts);
  CHECK(report.problems.empty());
  CHECK(
      answer_of(report.html) ==
      "EC50 is 5.00 mg of dose (90\u00A0% interval 4.20 to 5.90), and occupancy approaches 80.0\u00A0% (75.0\u00A0% to "
      "85.0\u00A0%).");
  CHECK_FALSE(has(report.html, "occupied"));
  CHECK(has(report.html, "The curve and its band"));
  CHECK(has(report.html, "circles are scans"));
  CHECK_FALSE(has(report.html, "(desc-psilocybinobservations"));
}

TEST_CASE("A parameter of a curve that is at its bound is no answer, whatever the other says") {
  const Workplace here;
  const auto answer = [&](const std::string& omax, const std::string& half) {
    here.write("curve.tsv", "parameter\tvalue\tse\tlower\tupper\tunit\tstatus\tflags\nOmax\t1\t0.01\t0.75\t1\t1\t" +
                                omax + "\nEC50\t5\t0.4\t4.2\t5.9\tmg\t" + half + "\n");
    return answer_of(page_of(here));
  };
  CHECK(has(answer("ok\tn/a", "ok\tn/a"), "occupancy approaches 100.0"));
  CHECK(
      has(answer("ok\tOmax_at_bound", "ok\tn/a"),
          "EC50 is 5.00 mg (interval 4.20 to 5.90); the data do not determine the occupancy that it approaches (status "
          "ok: Omax_at_bound)"));
  CHECK(has(answer("at_bound\tn/a", "ok\tn/a"), "do not determine the occupancy"));
  CHECK(has(answer("ok\tn/a", "not_converged\tn/a"), "The data do not determine EC50 (status not_converged)"));
  here.write("curve.tsv",
             "parameter\tvalue\tse\tlower\tupper\tunit\tstatus\tflags\nOmax\t0.8\t0\t0.8\t0.8\t1\tok\tn/a\n"
             "EC50\t5\t0.4\t4.2\t5.9\tmg\tok\tn/a\n");
  CHECK(has(answer_of(page_of(here)), "the occupancy that the curve approaches is held at 80.0\u00A0%."));
}

TEST_CASE("Voxels are white for their status only where a map of statuses lies beside") {
  const Workplace here;
  const Grid grid{
      {6, 5, 4}, {-10.0, 0.0, 5.0}, {Vector3{2.0, 0.0, 0.0}, Vector3{0.0, 2.0, 0.0}, Vector3{0.0, 0.0, 3.0}}};
  const std::vector<float> ones(grid.voxel_count(), 1.0F);
  write_nifti_volume(grid, ones, here.path / "a_meas-BPND_mimap.nii");
  CHECK(has(page_of(here), "No map of statuses lies beside them"));
  CHECK_FALSE(has(page_of(here), "whose status is not ok"));
  write_nifti_volume(grid, ones, here.path / "a_meas-status_mimap.nii");
  CHECK(has(page_of(here), "or whose status is not ok, are white."));
  write_nifti_volume(grid, ones, here.path / "b_meas-BPND_mimap.nii");
  CHECK(has(page_of(here), "no map of statuses lies beside b_meas-BPND_mimap.nii"));
}

TEST_CASE("A page in 3-D holds the maps as NIfTI, cropped and without voxels that are not ok, and loads nothing") {
  const Workplace here;
  const Grid grid{
      {6, 5, 4}, {-10.0, 0.0, 5.0}, {Vector3{2.0, 0.0, 0.0}, Vector3{0.0, 2.0, 0.0}, Vector3{0.0, 0.0, 3.0}}};
  std::vector<float> values(grid.voxel_count(), 0.0F);
  std::vector<float> statuses = values;
  const auto at = [&](int i, int j, int k) { return static_cast<std::size_t>(i + 6 * j + 30 * k); };
  values[at(1, 1, 1)] = 2.5F;
  values[at(2, 1, 1)] = 20.0F;
  values[at(3, 1, 1)] = 1.5F;
  for (const int i : {1, 2, 3}) statuses[at(i, 1, 1)] = i == 2 ? 2.0F : 1.0F;
  write_nifti_volume(grid, values, here.path / "a_meas-BPND_mimap.nii");
  write_nifti_volume(grid, statuses, here.path / "a_meas-status_mimap.nii");
  ReportOptions options;
  CHECK(make_report(here.path, no_scripts, options).viewer_html.empty());
  options.viewer = ReportScript{"niivue", "0", "/* stands for </script> a viewer */"};
  const std::string html = make_report(here.path, no_scripts, options).viewer_html;

  Grid part = grid;
  part.size = {3, 1, 1};
  part.origin_mm = {-8.0, 2.0, 8.0};
  write_nifti_volume(part, std::vector<float>{2.5F, 0.0F, 1.5F}, here.path / "part.nii");
  CHECK(has(html, "id=\"map-0\">" + detail::base64(here.read("part.nii")) + "</script>"));
  CHECK(has(html, R"([{"quantity":"BPND","unit":"","largest":)"));
  CHECK(has(html, "default-src 'none'; script-src 'sha256-"));
  CHECK(has(html, "<\\/script> a viewer"));
  CHECK_FALSE(std::regex_search(html, std::regex("(src|href)=\"?(https?:|//)")));

  const Workplace large;
  const Grid fine{{200, 200, 200}, {}, {Vector3{1.0, 0.0, 0.0}, Vector3{0.0, 1.0, 0.0}, Vector3{0.0, 0.0, 1.0}}};
  write_nifti_volume(fine, std::vector<float>(fine.voxel_count(), 1.0F), large.path / "a_meas-BPND_mimap.nii");
  CHECK_THROWS_WITH(make_report(large.path, no_scripts, options),
                    Catch::Contains("a_meas-BPND_mimap.nii: found a map that makes a page in 3-D of more than 40 MB"));

  const Workplace curves_only;
  curves_only.write("tacs.tsv", curves("insula"));
  CHECK_THROWS_WITH(make_report(curves_only.path, no_scripts, options), Catch::Contains("found no map"));
}

TEST_CASE("A change is called a change, with its sign, in the answer, the figure, the title and the methods") {
  const Workplace here;
  here.write("sub-01_desc-ketamine_change.tsv", change_table);
  here.write("sub-01_desc-ketamine_change.json",
             R"({"Method": "change", "ConfidenceLevel": 0.95, "Drug": "ketamine", "Interval": "Fieller"})");
  const std::string html = page_of(here);
  CHECK(
      answer_of(html) ==
      "After ketamine VT changed by -12.0\u00A0% in insula, where the interval is narrowest (95\u00A0% interval "
      "-16.0\u00A0% to -8.0\u00A0%); the 2 usable regions lie between -12.0\u00A0% (insula) and 5.0\u00A0% (caudate).");
  CHECK(has(html, "<title>sub-01: change after ketamine"));
  CHECK(has(html, "Regional change of VT, "));
  CHECK(has(html, "Regional change is VT after the drug / VT at baseline - 1, with 95 % intervals by Fieller"));
  CHECK_FALSE(has(html, "occupied"));
  CHECK_FALSE(has(html, "Regional occupancy"));
  // The name that pet-occupancy -o may have been given says nothing: the columns do.
  std::filesystem::rename(here.path / "sub-01_desc-ketamine_change.tsv", here.path / "a_occupancy.tsv");
  CHECK(has(answer_of(page_of(here)), "VT changed by -12.0"));
}

TEST_CASE("Two scans with the drug occupy a part of what the first left free") {
  const Workplace here;
  here.write("a_occupancy.tsv", regional);
  here.write("a_occupancy.json",
             R"({"Method": "bpnd", "Drug": "d", "Occupancy": "of the receptors that the first drug scan left free"})");
  const std::string html = page_of(here);
  CHECK(answer_of(html).starts_with(
      "D occupied 60.0\u00A0% of the receptors that the first drug scan left free in insula"));
  CHECK_FALSE(has(html, "of its target"));
  CHECK(has(html,
            "Regional occupancy, of the receptors that the first drug scan left free, is 1 - BPND of the second scan / "
            "BPND of the first, with intervals."));
}

TEST_CASE("Sentences claim no interval, no correction and no theorem that the files do not") {
  const Workplace here;
  here.write("tacs.tsv", curves("insula"));
  here.write("tacs.json", curves_sidecar);
  here.write(
      "occupancy.tsv",
      "index\tname\tBPND_baseline\tBPND_drug\toccupancy\toccupancy_se\toccupancy_lower\toccupancy_upper\tstatus\t"
      "flags\n1\tinsula\t1.5\t0.6\t0.6\tn/a\tn/a\tn/a\tok\tn/a\n2\tcaudate\t1.5\t0.9\t0.4\tn/a\tn/a\tn/a\tok\tn/a\n");
  const std::string html = page_of(here);
  CHECK_FALSE(has(answer_of(html), "narrowest"));
  CHECK(has(answer_of(html), "in insula (no interval); the 2 usable regions"));
  CHECK(has(html, "do not say whether activities are corrected for decay"));
  CHECK_FALSE(has(html, "Fieller"));
  here.write("tacs.json", R"({"Units": "Bq/mL", "ImageDecayCorrected": true})");
  here.write("occupancy.json", R"({"Method": "bpnd", "ConfidenceLevel": 0.9, "Interval": "Fieller"})");
  const std::string stated = page_of(here);
  CHECK(has(stated, "corrected for decay to injection"));
  CHECK(has(stated, "with 90 % intervals by Fieller"));
}

TEST_CASE("Names out of files cannot become markup, in the page or in its data") {
  const Workplace here;
  const std::string hostile = "</script><script>alert(1)</script>\"onload='x'&";
  here.write("tacs.tsv", curves(hostile));
  here.write("tacs.json", curves_sidecar);
  here.write("sub-<b>_desc-<i>_occupancy.tsv", regional);
  here.write("sub-<b>_desc-<i>_occupancy.json", R"({"Drug": "<img src=x onerror=alert(2)>", "CommandLine": "<u>"})");
  here.write("kinpar.tsv", "name\tBPND\tstatus\tflags\n" + hostile + "\t1\tok\t<svg/onload=alert(3)>\n");
  const std::string html = page_of(here);
  for (const char* part : {"<script>alert", "<img src=x", "<svg/onload", "<b>_", "<u>"}) {
    INFO(part);
    CHECK_FALSE(has(html, part));
  }
  CHECK(has(html, "&lt;/script&gt;&lt;script&gt;alert(1)&lt;/script&gt;&quot;onload=&#39;x&#39;&amp;"));
  const std::string body = html.substr(0, html.find("<script type=\"application/json\""));
  CHECK(body.size() < html.size());
  CHECK_FALSE(has(body, "\"onload="));
  // Data blocks end where they should: as many closed as opened.
  const std::regex opened("<script[ >]");
  const std::regex closed("</script>");
  const auto count = [&](const std::regex& tag) {
    return std::distance(std::sregex_iterator(html.begin(), html.end(), tag), std::sregex_iterator());
  };
  CHECK(count(opened) == count(closed));
}

TEST_CASE("Bytes that are no UTF-8 and control characters become U+FFFD") {
  CHECK(detail::escaped("a\xFF\x01z") == "a\uFFFD\uFFFDz");
  CHECK(detail::escaped("\xC0\xAF") == "\uFFFD\uFFFD");            // an overlong form
  CHECK(detail::escaped("\xED\xA0\x80") == "\uFFFD\uFFFD\uFFFD");  // a surrogate
  CHECK(detail::escaped("µ∫😀") == "µ∫😀");
}

TEST_CASE("The policy allows the page's own scripts and style and nothing else") {
  // The example of the Content Security Policy specification, computed by OpenSSL.
  CHECK(detail::policy_hash("alert('Hello, world.');") == "'sha256-qznLcsROx4GACP2dm0UCKCzCG+HiZ1guq6ZZDob/Tng='");
  const Workplace here;
  here.write("tacs.tsv", curves("insula"));
  const std::string html = page_of(here);
  const std::size_t start = html.find("Content-Security-Policy\" content=\"") + 34;
  const std::string policy = html.substr(start, html.find('"', start) - start);
  CHECK(policy.starts_with("default-src 'none'; script-src 'sha256-"));
  CHECK_FALSE(has(policy, "unsafe"));
  CHECK_FALSE(has(policy, "http"));
  CHECK(has(policy, detail::policy_hash(no_scripts.front().text)));
  CHECK(has(policy, "style-src " + detail::policy_hash(detail::page_style)));
  CHECK(html.find("Content-Security-Policy") < html.find("<script"));
  CHECK_FALSE(std::regex_search(html, std::regex("<(link|iframe|object|embed)[ >]|src=\"http|style=\"|href=\"http")));
}

TEST_CASE("Base64 is that of RFC 4648") {
  CHECK(detail::base64("") == "");
  CHECK(detail::base64("f") == "Zg==");
  CHECK(detail::base64("fo") == "Zm8=");
  CHECK(detail::base64("foobar") == "Zm9vYmFy");
}

TEST_CASE("The same files give the same bytes, wherever the folder lies") {
  const Workplace here;
  for (const char* place : {"a/study", "b/study"}) {
    std::filesystem::create_directories(here.path / place);
    here.write(std::string(place) + "/tacs.tsv", curves("insula"));
    here.write(std::string(place) + "/kinpar.tsv", kinpar);
    here.write(std::string(place) + "/occupancy.tsv", regional);
    here.write(std::string(place) + "/damaged_occupancy.tsv", "nothing\n");
  }
  const Report first = make_report(here.path / "a/study", no_scripts);
  const bool is_same = first.html == make_report(here.path / "b/study", no_scripts).html;
  const bool is_same_with_slash = first.html == make_report(here.path / "a/study/", no_scripts).html;
  CHECK(is_same);
  CHECK(is_same_with_slash);
}

TEST_CASE("A file that cannot be read is named in the page, and the rest is shown") {
  const Workplace here;
  here.write("tacs.tsv", curves("insula"));
  here.write("kinpar.tsv", "name\tBPND\ninsula\tmuch\n");
  const Report report = make_report(here.path, no_scripts);
  REQUIRE(report.problems.size() == 1);
  CHECK(report.problems.front() == "kinpar.tsv:2 column 'BPND': found 'much', expected a number or n/a");
  CHECK(has(report.html, "Not read: kinpar.tsv:2"));
  CHECK(has(report.html, "id=\"curves\""));
}

TEST_CASE("A result made of other bytes than those in the folder is named") {
  const Workplace here;
  here.write("tacs.tsv", curves("insula"));
  here.write("kinpar.tsv", kinpar);
  const auto sidecar = [&](const std::string& sum) {
    here.write("kinpar.json",
               R"({"ModelName": "SRTM", "Sources": ["in/tacs.tsv"], "SourcesSHA256": [")" + sum + "\"]}");
  };
  sidecar(checksum(here.path / "tacs.tsv").sha256);
  CHECK_FALSE(has(page_of(here), "another content"));
  sidecar(std::string(64, '0'));
  CHECK(has(page_of(here), "kinpar.tsv was made of another content of tacs.tsv than the one in this folder"));
}

TEST_CASE("Nothing of a sidecar that is not asked for comes into the page") {
  const Workplace here;
  here.write("tacs.tsv", curves("insula"));
  here.write("tacs.json",
             R"({"Units": "Bq/mL", "PatientName": "Doe^Jane", "PatientID": "4711-0815", "Comment": "Doe"})");
  const std::string html = page_of(here);
  CHECK_FALSE(has(html, "Doe"));
  CHECK_FALSE(has(html, "4711"));
}

TEST_CASE("A dose that is wrong by 1000 and a late start are worth a look") {
  const Workplace here;
  here.write("tacs.tsv", curves("insula"));
  here.write(
      "tacs.json",
      R"({"Units": "Bq/mL", "RadionuclideHalfLife": 1220, "InjectedRadioactivity": 0.35, "InjectedRadioactivityUnits": "MBq", "InjectionStart": -600})");
  const std::string html = page_of(here);
  CHECK(has(html, "are the units of dose and activity right?"));
  CHECK(has(html, "the first minutes after injection are missing"));
}

TEST_CASE("Every flag of the documentation has a meaning, and no other has") {
  for (const char* flag :
       {"ok", "at_bound", "low_binding", "BPND_at_bound", "EC50_unbounded", "k3_unidentifiable", "baseline_at_bound",
        "drug_low_binding", "drug_k2_at_bound", "vnd_unbounded", "target_unattainable"}) {
    INFO(flag);
    CHECK_FALSE(detail::meaning_of_flag(flag).empty());
  }
  CHECK(detail::meaning_of_flag("low_binding").starts_with("BPND below 0.5"));
  CHECK(detail::meaning_of_flag("drug_low_binding").starts_with("of the scan with the drug: BPND below 0.5"));
  CHECK(detail::meaning_of_flag("something_else").empty());
}

TEST_CASE("pet-report says what it needs") {
  const Workplace here;
  here.write("study/tacs.tsv", "");
  std::filesystem::create_directories(here.path / "empty");
  std::filesystem::create_directories(here.path / "study");
  std::filesystem::create_directories(here.path / "data/tracers");
  std::filesystem::create_directories(here.path / "assets/tracers");
  std::filesystem::create_directories(here.path / "other/tracers");
  std::filesystem::create_directories(here.path / "other/report");
  here.write("study/tacs.tsv", curves("insula"));
  std::istringstream lock{std::string(detail::scripts_lock)};
  for (std::string name, version, rest; lock >> name >> version && std::getline(lock, rest);)
    if (name != "#") here.write("other/report/" + name + "-" + version + ".js", "/* stands for a script */");
  const std::filesystem::path installed = std::filesystem::path(OCCUPET_SOURCE_DIR) / "data/report";
  const bool has_scripts = std::filesystem::is_directory(installed);
  if (has_scripts)
    std::filesystem::copy(installed, here.path / "assets/report");
  else
    WARN("no scripts for the figures in data/report: what pet-report does with them was not run");
  const std::string with = "OCCUPET_DATA_DIR=assets ";

  SECTION("scripts that are not installed") {
    const CommandResult result = here.run("OCCUPET_DATA_DIR=data pet-report study -o page.html");
    CHECK(result.status == 66);
    CHECK(is_one_line(result.err));
    CHECK(has(result.err, "tools/install_report_assets.sh"));
    CHECK_FALSE(here.has("page.html"));
  }
  SECTION("scripts of another content") {
    const CommandResult result = here.run("OCCUPET_DATA_DIR=other pet-report study -o page.html");
    CHECK(result.status == 65);
    CHECK(is_one_line(result.err));
    CHECK(has(result.err, ".js: found another content (SHA-256 "));
    CHECK_FALSE(here.has("page.html"));
  }
  if (!has_scripts) return;
  SECTION("a folder that is not there, or a file") {
    CHECK(here.run(with + "pet-report nowhere -o page.html").status == 66);
    const CommandResult result = here.run(with + "pet-report study/tacs.tsv -o page.html");
    CHECK(result.status == 65);
    CHECK(has(result.err, "study/tacs.tsv: found a file, expected a folder with outputs of Occupet"));
  }
  SECTION("a folder without outputs") {
    const CommandResult result = here.run(with + "pet-report empty -o page.html");
    CHECK(result.status == 65);
    CHECK(is_one_line(result.err));
    CHECK(has(result.err, "empty: found no output of Occupet, expected files that end in _tacs.tsv"));
    CHECK_FALSE(here.has("page.html"));
  }
  SECTION("the folder itself alone, with and without a slash, whatever lies below it") {
    here.write("study/kinpar.tsv", kinpar);
    std::filesystem::create_directories(here.path / "study/below");
    here.write("study/below/other_kinpar.tsv", kinpar);
    for (const char* folder : {"study", "study/", "./study//"}) {
      CAPTURE(folder);
      CHECK(here.run(with + "pet-report " + folder + " --this-folder-only --force -o page.html").status == 0);
      CHECK(has(here.read("page.html"), "kinpar.tsv"));
      CHECK_FALSE(has(here.read("page.html"), "other_kinpar.tsv"));
    }
  }
  SECTION("a page, once, unless it is told to replace it") {
    CHECK(here.run(with + "pet-report study -o page.html").status == 0);
    const std::string first = here.read("page.html");
    CHECK(first.starts_with("<!DOCTYPE html>"));
    CHECK(here.run(with + "pet-report study -o page.html").status == 2);
    CHECK(here.run(with + "pet-report study -o page.html --force --threads 1").status == 0);
    CHECK(has(here.read("page.html"), "<h1>"));
  }
  SECTION("status 1 where a file could not be read") {
    here.write("study/kinpar.tsv", "nothing\n");
    const CommandResult result = here.run(with + "pet-report study -o page.html --title 'A <title>'");
    CHECK(result.status == 1);
    CHECK(has(result.err, "pet-report: warning: kinpar.tsv"));
    CHECK(has(here.read("page.html"), "<h1>A &lt;title&gt;</h1>"));
  }
}
