// SPDX-License-Identifier: Apache-2.0
#include "libpet/frames.h"

#include <catch2/catch.hpp>
