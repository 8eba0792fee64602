// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <nlohmann/json.hpp>
#include <string>

#include "tests/libpet/study_text.h"
#include "tests/tools/command_fixture.h"

// A baseline and a drug scan of one participant: images, segmentations and blood in bids/, DICOM series in made/.
inline void lay_out_images(const Workplace& here, const std::string& subject = "01") {
  nlohmann::json study = pet::test::small_study();
  study["subject"] = subject;
  study["noise"]["alpha"] = 0.02;  // so that voxels tell the drug from its absence
  here.write("simulated.json", study.dump());
  REQUIRE(here.run("pet-simulate simulated.json -o made").status == 0);
  for (const std::string session : {"baseline", "drug"}) {
    const std::string to = "bids/sub-" + subject + "/ses-" + session + "/pet/";
    REQUIRE(
        here.run("pet-convert made/ses-" + session + "/dicom -o bids/ --subject " + subject + " --session " + session)
            .status == 0);
    REQUIRE(here.run("for f in made/ses-" + session + "/*_dseg.* made/ses-" + session + "/*_blood.*; do cp $f " + to +
                     "$(basename $f | sed s/_trc-X_/_trc-11CX_/); done")
                .status == 0);
  }
}
