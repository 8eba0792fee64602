// SPDX-License-Identifier: Apache-2.0
#include "libpet/error.h"

#include <catch2/catch.hpp>
