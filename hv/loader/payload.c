/*
 * loader/payload.c - recognises and unpacks a kernel's compressed payload.
 * Layer: loader. Pure, no locks. Magics: Linux's lib/decompress.c and the
 * formats' own documents; the size word: scripts/Makefile.lib (size_append).
 */
#include <stdbool.h>

#include "abi/errno.h"
#include "lib/string.h"
#include "loader/payload.h"

struct format {
    const char *name;
    uint8_t magic[6];
    uint8_t magic_bytes;
    size_t arena_bytes;
    enum unpack_result (*unpack)(struct unpack_job *job);
    const char *errors[UNPACK_UNSUPPORTED + 1];
    const char *tail_error; /* the stream is followed by something else */
    const char *size_error; /* the size word cannot be right */
};

#define TEXTS(name)                                                            \
    .errors = {[UNPACK_CORRUPT] = name " payload is corrupt",                  \
               [UNPACK_TRUNCATED] = name " payload is truncated",              \
               [UNPACK_TOO_LONG] =                                             \
                   name " payload unpacks to more than the size it states",    \
               [UNPACK_NO_MEMORY] =                                            \
                   name " payload needs more scratch memory than it may have", \
               [UNPACK_UNSUPPORTED] =                                          \
                   name " payload uses a feature that is not supported"},      \
    .tail_error = name " payload is followed by unknown data",                 \
    .size_error = name " payload states no believable size"

static const struct format formats[PAYLOAD_FORMATS] = {
    [PAYLOAD_UNKNOWN] = {"unknown", {0}, 0, 0, NULL, TEXTS("unknown")},
    [PAYLOAD_GZIP] = {"gzip", "\x1f\x8b", 2, UNPACK_GZIP_ARENA_BYTES,
                      unpack_gzip, TEXTS("gzip")},
    [PAYLOAD_BZIP2] = {"bzip2", "BZh", 3, UNPACK_BZIP2_ARENA_BYTES,
                       unpack_bzip2, TEXTS("bzip2")},
    [PAYLOAD_LZMA] = {"lzma", "\x5d\0\0", 3, UNPACK_LZMA_ARENA_BYTES,
                      unpack_lzma, TEXTS("lzma")},
    [PAYLOAD_XZ] = {"xz",
                    "\xfd"
                    "7zXZ",
                    6, UNPACK_LZMA_ARENA_BYTES, unpack_xz, TEXTS("xz")},
    [PAYLOAD_LZ4] = {"lz4", "\x02\x21\x4c\x18", 4, UNPACK_LZ4_ARENA_BYTES,
                     unpack_lz4_legacy, TEXTS("lz4")},
    [PAYLOAD_ZSTD] = {"zstd", "\x28\xb5\x2f\xfd", 4, UNPACK_ZSTD_ARENA_BYTES,
                      unpack_zstd, TEXTS("zstd")},
    [PAYLOAD_LZO] = {"lzo", "\x89LZO", 4, 0, NULL, TEXTS("lzo")},
};

static int fail(int code, const char **error, const char *text)
{
    *error = text;
    return code;
}

static uint32_t last_word(const uint8_t *in, size_t in_bytes)
{
    const uint8_t *p = in + in_bytes - 4;

    return (uint32_t)p[0] | (uint32_t)p[1] << 8 | (uint32_t)p[2] << 16 |
           (uint32_t)p[3] << 24;
}

enum payload_format payload_format_of(const void *in, size_t in_bytes)
{
    for (unsigned i = PAYLOAD_UNKNOWN + 1; i < PAYLOAD_FORMATS; i++) {
        const struct format *f = &formats[i];

        if (in_bytes >= f->magic_bytes && !memcmp(in, f->magic, f->magic_bytes))
            return (enum payload_format)i;
    }
    return PAYLOAD_UNKNOWN;
}

const char *payload_format_name(enum payload_format format)
{
    return formats[format].name;
}

/* The format, if it is one that we unpack. */
static int find_format(const void *in, size_t in_bytes,
                       enum payload_format *format, const char **error)
{
    *format = payload_format_of(in, in_bytes);
    if (*format == PAYLOAD_UNKNOWN)
        return fail(-EINVAL, error, "payload has an unknown format");
    if (*format == PAYLOAD_LZO)
        return fail(-EINVAL, error,
                    "payload is compressed with lzo, which is not supported "
                    "(its library is under the GPL)");
    if (in_bytes > UNPACK_MAX_BYTES)
        return fail(-EINVAL, error, "payload is larger than 1 GiB");
    return 0;
}

int payload_measure(const void *in, size_t in_bytes,
                    struct payload_needs *needs, const char **error)
{
    enum payload_format format;
    int rc = find_format(in, in_bytes, &format, error);

    if (rc)
        return rc;
    if (in_bytes < formats[format].magic_bytes + sizeof(uint32_t))
        return fail(-EINVAL, error, formats[format].errors[UNPACK_TRUNCATED]);
    needs->format = format;
    needs->out_bytes = last_word(in, in_bytes);
    needs->arena_bytes = formats[format].arena_bytes;
    if (!needs->out_bytes || needs->out_bytes > UNPACK_MAX_BYTES)
        return fail(-EINVAL, error, formats[format].size_error);
    return 0;
}

/* Whether the stream is followed by nothing or by its own unpacked size. */
static bool tail_is_sound(const struct unpack_job *job)
{
    size_t tail_bytes = job->in_bytes - job->consumed;

    return !tail_bytes || (tail_bytes == sizeof(uint32_t) &&
                           last_word(job->in, job->in_bytes) == job->produced);
}

int payload_decompress(const void *in, size_t in_bytes, void *out,
                       size_t out_bytes, size_t *produced,
                       struct payload_arena *arena, const char **error)
{
    size_t arena_used = arena->used;
    struct unpack_job job = {in, in_bytes, out, out_bytes, arena, 0, 0};
    enum unpack_result result;
    enum payload_format format;
    int rc = find_format(in, in_bytes, &format, error);

    if (rc)
        return rc;
    job.out_bytes = MIN(out_bytes, UNPACK_MAX_BYTES);
    result = formats[format].unpack(&job);
    arena->used = arena_used;
    if (result != UNPACK_OK)
        return fail(result == UNPACK_NO_MEMORY || result == UNPACK_TOO_LONG
                        ? -ENOMEM
                        : -EINVAL,
                    error, formats[format].errors[result]);
    if (!tail_is_sound(&job))
        return fail(-EINVAL, error, formats[format].tail_error);
    *produced = job.produced;
    return 0;
}
