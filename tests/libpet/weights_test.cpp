// SPDX-License-Identifier: Apache-2.0
#include "libpet/weights.h"

#include <catch2/catch.hpp>
