// SPDX-License-Identifier: Apache-2.0
#include "kinetic_models/simulation/study_truth.h"

#include <algorithm>

#include "kinetic_models/simulation/tissue_curve.h"

namespace pet {
namespace {

RegionTruth region_truth(const Study& study, const StudySession& session, const StudyRegion& region) {
  const Kinetics kinetics = during(session, region.kinetics);
  RegionTruth truth;
  truth.session = session.label;
  truth.index = region.label;
  truth.region = region.name;
  truth.model = name_of(kinetics.model);
  truth.K1 = kinetics.K1;
  truth.k2 = kinetics.K1 / kinetics.VND;
  if (kinetics.model == TissueModel::two_tissue) {
    truth.k3 = kinetics.BPND * kinetics.k4;
    truth.k4 = kinetics.k4;
  }
  if (kinetics.model == TissueModel::srtm) truth.k2a = truth.k2 / (1.0 + kinetics.BPND);
  truth.vB = kinetics.vB;
  truth.VND = kinetics.VND;
  truth.BPND = kinetics.BPND;
  truth.VT = kinetics.VND * (1.0 + kinetics.BPND);
  truth.R1 = kinetics.K1 / during(session, study.region(study.reference_region).kinetics).K1;
  if (kinetics.is_displaceable && region.kinetics.BPND > 0.0) truth.occupancy = session.occupancy;
  return truth;
}

}  // namespace

std::vector<RegionTruth> study_truth(const Study& study) {
  std::vector<StudyRegion> regions = study.regions;
  std::erase_if(regions, [](const StudyRegion& region) { return region.label == 0; });
  std::sort(regions.begin(), regions.end(),
            [](const StudyRegion& a, const StudyRegion& b) { return a.label < b.label; });
  std::vector<RegionTruth> truths;
  for (const StudySession& session : study.sessions)
    for (const StudyRegion& region : regions) truths.push_back(region_truth(study, session, region));
  return truths;
}

}  // namespace pet
