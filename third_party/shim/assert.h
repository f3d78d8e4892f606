/* third_party/shim/assert.h - as with NDEBUG. */
#define assert(condition) ((void)0)
