/* third_party/shim/inttypes.h */
#include <stdint.h>
