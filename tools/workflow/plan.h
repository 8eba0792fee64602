// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "tools/workflow/configuration.h"
#include "tools/workflow/scans.h"
#include "tools/workflow/step.h"

namespace pet {

/// The files that the steps of one scan make.
struct ScanOutputs {
  std::filesystem::path tacs;
  std::filesystem::path input;                 ///< made of blood; empty: none is
  std::vector<std::filesystem::path> kinpars;  ///< one a fit of the configuration
};

/// Where results of a scan go: RESULTS/sub-01/ses-a/pet/sub-01_ses-a_trc-X_seg-gtm...
class ResultNames {
 public:
  ResultNames(std::filesystem::path results, const Scan& scan, const std::string& segmentation);

  std::filesystem::path tacs() const;
  std::filesystem::path input() const;
  std::filesystem::path kinpar(const std::string& label) const;
  std::filesystem::path fitted(const std::string& label) const;
  /// Where the names of maps begin; `space` is the entity of the image that they are made of.
  std::filesystem::path maps(const std::string& space) const;
  const std::string& tracer() const { return tracer_; }

 private:
  BidsLabels with_own(BidsLabels more) const;
  std::filesystem::path named(BidsLabels more, const std::string& suffix) const;

  std::filesystem::path folder_;
  BidsLabels entities_;
  std::string segmentation_;
  std::string tracer_;
};

/// The curves of a scan as ours, from a table of curves, else from an image and its labels. Throws InputError where
/// there is neither, or more than one choice.
Step tac_step(const SubjectFiles& subject,
              const Scan& scan,
              const Configuration& configuration,
              const std::filesystem::path& results);

/// The label of the segmentation that tac_step takes; throws the same.
std::string segmentation_of(const Scan& scan, const Configuration& configuration);

/// The input function of a scan made of its blood samples.
Step input_step(const Scan& scan, const Configuration& configuration, const std::filesystem::path& output);

/// One fit of the configuration on curves; `input` may be empty for models that need none.
Step fit_step(const Scan& scan,
              const ConfiguredCommand& fit,
              const std::filesystem::path& tacs,
              const std::filesystem::path& input,
              const ResultNames& names);

/// One occupancy of the configuration: of a drug scan against the baseline, from parameters or (joint) curves.
Step occupancy_step(const Scan& drug,
                    const ConfiguredCommand& occupancy,
                    const std::filesystem::path& baseline_table,
                    const std::filesystem::path& drug_table,
                    const std::filesystem::path& output);

/// What maps of a scan are made of.
struct MappedImage {
  BidsFile image;                             ///< the preprocessed one where there is one
  std::optional<std::filesystem::path> mask;  ///< the segmentation on its grid, as far as names say; else all voxels
};

/// The image of a scan, with the segmentation of the label `segmentation`; nothing where there is no image.
std::optional<MappedImage> mapped_image(const Scan& scan, const std::string& segmentation);

/// The maps of one model of the configuration; `input` may be empty for models that need none.
Step map_step(const Scan& scan,
              const ConfiguredCommand& map,
              const MappedImage& mapped,
              const std::filesystem::path& tacs,
              const std::filesystem::path& input,
              const ResultNames& names);

/// Occupancy of every voxel from the maps that two steps of map_step wrote; named as the maps of the scan with the
/// drug.
Step occupancy_map_step(const Scan& drug,
                        const ConfiguredCommand& occupancy,
                        const Step& baseline_maps,
                        const Step& drug_maps);

/// What an analysis of the section `occupancy` finds, as the suffix of its tables: "occupancy", or "change" for that
/// method.
std::string suffix_of(const ConfiguredCommand& occupancy);

/// "psilocybin" of the drug or session, for the entity desc.
std::string drug_label(const Scan& drug);

/// RESULTS/sub-01/pet/sub-01_trc-X_seg-gtm_desc-psilocybin_model-Lassen_occupancy.tsv; with the session and run of the
/// drug scan where the subject has several scans with this drug.
std::filesystem::path occupancy_file(const std::filesystem::path& results,
                                     const Scan& drug,
                                     const std::string& tracer,
                                     const std::string& segmentation,
                                     const ConfiguredCommand& occupancy,
                                     bool is_one_of_several);

}  // namespace pet
