/*
 * loader/payload.h - a kernel's compressed payload: its format, its needs and
 * its contents. Layer: loader. Pure; memory comes from the caller.
 *
 * A payload is one compressed stream, which Linux's build ends with the
 * unpacked size in four bytes, little endian (gzip has that word itself).
 *
 * Errors in this folder: a function returns 0 or a negative errno, and then
 * *error is a constant text that says in one clause what is wrong with the
 * file ("xz payload is corrupt", "is not a kernel").
 */
#ifndef LOADER_PAYLOAD_H
#define LOADER_PAYLOAD_H

#include <stddef.h>
#include <stdint.h>

#include "third_party/unpack.h"

enum payload_format {
    PAYLOAD_UNKNOWN,
    PAYLOAD_GZIP,
    PAYLOAD_BZIP2,
    PAYLOAD_LZMA,
    PAYLOAD_XZ,
    PAYLOAD_LZ4,
    PAYLOAD_ZSTD,
    PAYLOAD_LZO, /* known by name only */
    PAYLOAD_FORMATS,
};

struct payload_needs {
    enum payload_format format;
    size_t out_bytes;   /* the unpacked size, as the payload states it */
    size_t arena_bytes; /* scratch memory that is enough for any such payload */
};

/* The format that the first bytes tell. */
enum payload_format payload_format_of(const void *in, size_t in_bytes);

/* "gzip", "xz", ...; "unknown" for PAYLOAD_UNKNOWN. */
const char *payload_format_name(enum payload_format format);

/*
 * Finds what payload_decompress() needs. -EINVAL: unknown or refused format,
 * too short, or without a believable size.
 */
int payload_measure(const void *in, size_t in_bytes,
                    struct payload_needs *needs, const char **error);

/*
 * Unpacks the payload to `out`; *produced is its size, which is the stated one
 * unless the stream came without the word at its end. The arena's memory is
 * free again afterwards (used is left as it was). -EINVAL: damaged or followed
 * by something else; -ENOMEM: out or the arena is too small.
 */
int payload_decompress(const void *in, size_t in_bytes, void *out,
                       size_t out_bytes, size_t *produced,
                       struct payload_arena *arena, const char **error);

#endif
