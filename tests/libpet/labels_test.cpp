// SPDX-License-Identifier: Apache-2.0
#include "libpet/labels.h"

#include <catch2/catch.hpp>
