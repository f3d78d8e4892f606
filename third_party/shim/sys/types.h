/* third_party/shim/sys/types.h */
#include <stddef.h>
