// SPDX-License-Identifier: Apache-2.0
#include "libpet/grid.h"

#include <catch2/catch.hpp>
