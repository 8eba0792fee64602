// SPDX-License-Identifier: Apache-2.0
#include "libpet/io/detail/pet_keys.h"

#include <array>

namespace pet::detail {
namespace {

using enum PetKey::Kind;

constexpr bool required = true;

constexpr std::array keys = {
    PetKey{"Manufacturer", text, required},
    PetKey{"ManufacturersModelName", text, required},
    PetKey{"SoftwareVersions"},
    PetKey{"DeviceSerialNumber"},
    PetKey{"StationName"},
    PetKey{"InstitutionName"},
    PetKey{"InstitutionAddress"},
    PetKey{"InstitutionalDepartmentName"},
    PetKey{"BodyPart"},
    PetKey{"Units", from_image, required},
    PetKey{"TracerName", text, required},
    PetKey{"TracerRadionuclide", text, required},
    PetKey{"RadionuclideHalfLife", from_image},
    PetKey{"TracerRadLex"},
    PetKey{"TracerSNOMED"},
    PetKey{"TracerMolecularWeight", number},
    PetKey{"TracerMolecularWeightUnits"},
    PetKey{"InjectedRadioactivity", number, required},
    PetKey{"InjectedRadioactivityUnits", text, required},
    PetKey{"InjectedMass", number_or_none, required},
    PetKey{"InjectedMassUnits", text, required},
    PetKey{"InjectedMassPerWeight", number},
    PetKey{"InjectedMassPerWeightUnits"},
    PetKey{"SpecificRadioactivity", number_or_none, required},
    PetKey{"SpecificRadioactivityUnits", text, required},
    PetKey{"SpecificRadioactivityMeasTime"},
    PetKey{"MolarActivity", number},
    PetKey{"MolarActivityUnits"},
    PetKey{"MolarActivityMeasTime"},
    PetKey{"ModeOfAdministration", text, required},
    PetKey{"InfusionRadioactivity", number},
    PetKey{"InfusionStart", number},
    PetKey{"InfusionSpeed", number},
    PetKey{"InfusionSpeedUnits"},
    PetKey{"InjectedVolume", number},
    PetKey{"Purity", number},
    PetKey{"PharmaceuticalName"},
    PetKey{"PharmaceuticalDoseAmount", any},
    PetKey{"PharmaceuticalDoseUnits"},
    PetKey{"PharmaceuticalDoseRegimen"},
    PetKey{"PharmaceuticalDoseTime", any},
    PetKey{"Anaesthesia"},
    PetKey{"BodyWeight", number},
    PetKey{"BodyWeightUnits"},
    PetKey{"TimeZero", from_image, required},
    PetKey{"ScanStart", from_image, required},
    PetKey{"InjectionStart", from_image, required},
    PetKey{"InjectionEnd", number},
    PetKey{"FrameTimesStart", from_image, required},
    PetKey{"FrameDuration", from_image, required},
    PetKey{"AcquisitionMode", text, required},
    PetKey{"ImageDecayCorrected", from_image, required},
    PetKey{"ImageDecayCorrectionTime", from_image, required},
    PetKey{"DecayCorrectionFactor", from_image},
    PetKey{"ScaleFactor", from_image},
    PetKey{"ReconMethodName", text, required},
    PetKey{"ReconMethodParameterLabels", any, required},
    PetKey{"ReconMethodParameterUnits", any},
    PetKey{"ReconMethodParameterValues", any},
    PetKey{"ReconMethodImplementationVersion"},
    PetKey{"ReconFilterType", any, required},
    PetKey{"ReconFilterSize", any},
    PetKey{"AttenuationCorrection", text, required},
    PetKey{"AttenuationCorrectionMethodReference"},
    PetKey{"ScatterCorrectionMethod"},
    PetKey{"RandomsCorrectionMethod"},
    PetKey{"ScatterFraction", any},
    PetKey{"PromptRate", any},
    PetKey{"SinglesRate", any},
    PetKey{"RandomRate", any},
    PetKey{"DoseCalibrationFactor", number},
    PetKey{"TaskName"},
    PetKey{"TaskDescription"},
    PetKey{"Instructions"},
};

}  // namespace

std::span<const PetKey> pet_keys() {
  return keys;
}

}  // namespace pet::detail
