// SPDX-License-Identifier: Apache-2.0
#include "libpet/decay.h"

#include <catch2/catch.hpp>
