/* third_party/shim/string.h - served by hv/lib/string.c. */
#ifndef SHIM_STRING_H
#define SHIM_STRING_H
#include "hv/lib/string.h"
#endif
