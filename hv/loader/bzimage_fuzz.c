/*
 * loader/bzimage_fuzz.c - any bytes as a bzImage: the payload lies inside.
 */
/* link: hv/loader/bzimage.c */
/* covers: hv/loader/bzimage.c */
#include <stdint.h>
#include <stdlib.h>

#include "loader/bzimage.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t bytes);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t bytes)
{
    const char *error = NULL;
    struct bzimage bz;

    if (bzimage_parse(data, bytes, &bz, &error)) {
        if (!error)
            abort();
        return 0;
    }
    if (bz.payload < data || !bz.payload_bytes ||
        (size_t)(bz.payload - data) > bytes ||
        bz.payload_bytes > bytes - (size_t)(bz.payload - data))
        abort();
    return 0;
}
