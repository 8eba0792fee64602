// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "libpet/io/detail/json.h"
#include "libpet/tac_table.h"

namespace pet::detail {

/// Tracer, nuclide ("[11C]" and "11C" become "C11"), half-life (RadionuclideHalfLife in s, else that of the nuclide),
/// dose, mass and molar activity of a PET-BIDS sidecar. Amounts in units that do not belong to them are left out.
/// Throws InputError for a half-life that is not positive or contradicts the nuclide.
Radiopharmaceutical tracer_of(const Sidecar& sidecar);
/// What `tracer` lacks is taken from `other`.
void fill_missing(Radiopharmaceutical& tracer, const Radiopharmaceutical& other);
/// The same members, in MBq, ug, GBq/umol and s.
void add_tracer(Json& object, const Radiopharmaceutical& tracer);

}  // namespace pet::detail
