/*
 * loader/bzimage.h - finds the payload in a Linux bzImage. Layer: loader. Pure.
 * Source: Linux's Documentation/x86/boot.rst.
 */
#ifndef LOADER_BZIMAGE_H
#define LOADER_BZIMAGE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct bzimage {
    uint16_t protocol;      /* 0x020f is 2.15 */
    const uint8_t *payload; /* inside the image */
    size_t payload_bytes;   /* with the size word that Linux's build appends */
};

/* Whether the image has the marks of a Linux boot sector, bzImage or older. */
bool bzimage_is_one(const void *image, size_t bytes);

/*
 * Reads the setup header. -EINVAL and *error: not a kernel, one without a
 * payload that we could take, or truncated.
 */
int bzimage_parse(const void *image, size_t bytes, struct bzimage *bz,
                  const char **error);

#endif
