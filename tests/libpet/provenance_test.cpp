// SPDX-License-Identifier: Apache-2.0
#include "libpet/provenance.h"

#include <catch2/catch.hpp>
