/// \file
/// What a shared build of the library makes visible; nothing in a static one.
#pragma once

#if defined(NUNU_SHARED)
#define NUNU_EXPORT __attribute__((visibility("default")))
#else
#define NUNU_EXPORT
#endif
