// SPDX-License-Identifier: Apache-2.0
#include "libpet/parallel.h"

#include <catch2/catch.hpp>
