/*
 * third_party/shim/string.h - served by hv/lib, or by the C library when a
 * unit test links these objects: hence not hidden.
 */
#ifndef SHIM_STRING_H
#define SHIM_STRING_H
#pragma GCC visibility push(default)
#include "hv/lib/string.h"
#pragma GCC visibility pop
#endif
