// SPDX-License-Identifier: Apache-2.0
// Slow: from the curves of 42 simulated scans to EC50 and Omax by commands, with twenty seeds.
#include "libpet/io/tsv.h"
#include "tests/tools/command_fixture.h"

using namespace pet;

namespace {

// The loop of docs/tutorials/from-scans-to-curve.md.
void fit_study(const Workplace& here, int seed) {
  const CommandResult result = here.run(
      "rm -rf study *.tsv && pet-simulate " + std::string(OCCUPET_SOURCE_DIR) +
      "/data/studies/psilocybin_dose_response.json --seed " + std::to_string(seed) +
      " -o study --tables-only -q && "
      "awk -F'[:,\"]+ *' '/\"label\"/ { s = $4; level[s] = 0 } /\"plasma_concentration\"/ { level[s] = $3 }"
      "  END { for (s in level) print s, level[s] }' study/truth.json | sort > plasma && "
      "printf 'id\\tpsilocin\\tBPND\\n' > scans.tsv && "
      "while read -r session level; do"
      "  pet-fit study/ses-$session/*seg-phantom_tacs.tsv --model srtm --reference cerebellum"
      "    --regions orbitofrontal,occipital,superior_temporal,insula,anterior_cingulate |"
      "    awk -F '\\t' -v who=$(echo $session | cut -c 1-3) -v level=$level"
      "      'NR == 1 { for (i = 1; i <= NF; ++i) at[$i] = i; next } { sum += $at[\"BPND\"] }"
      "      END { print who \"\\t\" level \"\\t\" sum / (NR - 1) }' >> scans.tsv;"
      "done < plasma && "
      "pet-curve scans.tsv --x psilocin --x-unit ug/L --y BPND --endpoint binding --subject id --force -o curve.tsv");
  INFO(result.err);
  REQUIRE(result.status == 0);
}

bool holds(const Tsv& curve, const std::string& parameter, double truth) {
  for (std::size_t r = 0; r < curve.rows(); ++r)
    if (curve.cell(r, 0) == parameter)
      return curve.required_number(r, 3) <= truth && truth <= curve.required_number(r, 4);
  return false;
}

}  // namespace

TEST_CASE("The intervals of EC50 and Omax hold the truth of the dose-response study in most of twenty repetitions",
          "[validation]") {
  const Workplace here;
  int EC50 = 0;
  int Omax = 0;
  for (int seed = 1; seed <= 20; ++seed) {
    fit_study(here, seed);
    const Tsv curve = Tsv::parse(here.read("curve.tsv"), "curve.tsv");
    EC50 += holds(curve, "EC50", 1.97) ? 1 : 0;
    Omax += holds(curve, "Omax", 0.766) ? 1 : 0;
  }
  WARN("EC50 held in " << EC50 << ", Omax in " << Omax << " of 20");
  // Of 20 intervals of 95 %, 17 or more hold the truth with a probability of 98 %.
  CHECK(EC50 >= 17);
  CHECK(Omax >= 17);
}
