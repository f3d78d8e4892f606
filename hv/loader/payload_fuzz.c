/*
 * loader/payload_fuzz.c - any bytes as a payload: unpacked with enough memory,
 * with too little output and with too little scratch memory.
 */
/* link: hv/loader/payload.c build/third_party/zlib.o
 * build/third_party/bzip2.o build/third_party/xz-utils.o
 * build/third_party/lz4.o build/third_party/libzstd.o */
/* covers: hv/loader/payload.c */
#include <stdint.h>
#include <stdlib.h>

#include "loader/payload.h"

#define OUT_BYTES ((size_t)1 << 20)

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t bytes);

static uint8_t *arena_memory, *out;

static void unpack(const uint8_t *data, size_t bytes, size_t out_bytes,
                   size_t arena_bytes)
{
    struct payload_arena arena = {arena_memory, arena_bytes, 0};
    const char *error = NULL;
    size_t produced = 0;
    int rc = payload_decompress(data, bytes, out, out_bytes, &produced, &arena,
                                &error);

    if (rc ? !error : produced > out_bytes)
        abort();
    if (arena.used)
        abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t bytes)
{
    struct payload_needs needs;
    const char *error = NULL;

    if (!out) {
        arena_memory = malloc(UNPACK_LZMA_ARENA_BYTES);
        out = malloc(OUT_BYTES);
    }
    if (payload_measure(data, bytes, &needs, &error)) {
        if (!error)
            abort();
        needs.format = PAYLOAD_UNKNOWN;
        needs.arena_bytes = UNPACK_LZMA_ARENA_BYTES;
        needs.out_bytes = OUT_BYTES;
    }
    if (!*payload_format_name(needs.format))
        abort();
    unpack(data, bytes, MIN(needs.out_bytes, OUT_BYTES), needs.arena_bytes);
    unpack(data, bytes, 100, needs.arena_bytes);
    unpack(data, bytes, OUT_BYTES, 512);
    return 0;
}
