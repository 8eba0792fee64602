// SPDX-License-Identifier: Apache-2.0
// Soft weights of the seven networks of Yeo et al. 2011 over the 68 Desikan-Killiany parcels (reference data
// five_ht2a).
#include "kinetic_models/density/networks.h"
#include "tests/validation/reference_data.h"

using namespace pet;

TEST_CASE("The table of networks over parcels says what its page says", "[density][validation]") {
  const std::string folder = reference_folder("five_ht2a");
  if (folder.empty()) return;
  const NetworkMap map = network_map(Tsv::read(folder + "/dmn/dk_to_yeo7_overlap.tsv"));
  REQUIRE(map.parcels.size() == 68);
  REQUIRE(map.networks ==
          std::vector<std::string>{"Vis", "SomMot", "DorsAttn", "SalVentAttn", "Limbic", "Cont", "Default"});
  const auto fraction = [&](const std::string& region, std::size_t network) {
    const auto found = network_regions(map, {region});
    return network_fraction(map, found.front(), network);
  };
  for (const char* visual : {"cuneus", "lingual", "pericalcarine"}) CHECK(fraction(visual, 0) == Approx(1.0));
  CHECK(fraction("transversetemporal", 1) == Approx(1.0));
  for (const char* limbic : {"entorhinal", "temporalpole"}) CHECK(fraction(limbic, 4) == Approx(1.0));
  CHECK(fraction("ctx-lh-isthmuscingulate", 6) == Approx(0.80).margin(0.005));
  CHECK(fraction("ctx-rh-precuneus", 6) == Approx(0.44).margin(0.005));
}
