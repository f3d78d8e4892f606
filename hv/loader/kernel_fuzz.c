/*
 * loader/kernel_fuzz.c - any bytes as a kernel module, opened to the end.
 */
/* link: hv/loader/kernel.c hv/loader/payload.c hv/loader/bzimage.c
 * hv/loader/elf.c hv/loader/xen_notes.c build/third_party/zlib.o
 * build/third_party/bzip2.o build/third_party/xz-utils.o
 * build/third_party/lz4.o build/third_party/libzstd.o */
/* covers: hv/loader/kernel.c */
#include <stdint.h>
#include <stdlib.h>

#include "loader/kernel.h"

#define OUT_BYTES ((size_t)1 << 20)

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t bytes);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t bytes)
{
    static uint8_t *arena_memory;
    struct kernel_source source;
    struct payload_arena arena;
    const char *error = NULL;
    struct kernel kernel;
    size_t out_bytes;
    uint8_t *out;
    int rc;

    if (!arena_memory)
        arena_memory = malloc(UNPACK_LZMA_ARENA_BYTES);
    rc = kernel_probe(data, bytes, &source, &error);
    if (!rc) {
        out_bytes = MIN(source.needs.out_bytes, OUT_BYTES);
        out = malloc(out_bytes + 1);
        arena =
            (struct payload_arena){arena_memory, source.needs.arena_bytes, 0};
        rc = kernel_parse(&source, out, out_bytes, &arena, &kernel, &error);
        free(out);
    }
    if (rc ? !error : !*kernel_container_name(source.container))
        abort();
    return 0;
}
