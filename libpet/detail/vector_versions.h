// SPDX-License-Identifier: Apache-2.0
#pragma once

// A function marked so is compiled for the instruction set of the build and for AVX2 with FMA, and the loader takes the
// one that the processor has. Its last digits may differ from one processor to another, as they do from one compiler to
// another; on one machine every voxel takes the same version.
#if defined(__x86_64__) && defined(__GNUC__) && !defined(__clang__) && !defined(__SANITIZE_ADDRESS__) && \
    !defined(__SANITIZE_THREAD__)
#define OCCUPET_VECTOR_VERSIONS __attribute__((target_clones("arch=x86-64-v3", "default")))
#else
#define OCCUPET_VECTOR_VERSIONS
#endif

// A part of such a function: it takes the instruction set of the function into which it is inlined.
#define OCCUPET_INLINED [[gnu::always_inline]] inline
