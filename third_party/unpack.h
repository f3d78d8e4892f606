/*
 * third_party/unpack.h - the one door to the decompression libraries of this
 * folder. Whole buffers in, whole buffers out; memory comes only from the
 * caller's arena; nothing is kept between calls. Pure, no locks.
 *
 * The libraries' own headers are not seen outside third_party/.
 */
#ifndef THIRD_PARTY_UNPACK_H
#define THIRD_PARTY_UNPACK_H

#include <stddef.h>
#include <stdint.h>

/* Memory that is handed out from its start and given back all at once. */
struct payload_arena {
    uint8_t *base;
    size_t bytes;
    size_t used;
};

enum unpack_result {
    UNPACK_OK,
    UNPACK_CORRUPT,     /* the data contradicts its format or its checksum */
    UNPACK_TRUNCATED,   /* the input ends before the stream does */
    UNPACK_TOO_LONG,    /* the stream yields more than out_bytes */
    UNPACK_NO_MEMORY,   /* the arena is too small */
    UNPACK_UNSUPPORTED, /* a feature that this build leaves out */
};

struct unpack_job {
    const uint8_t *in;
    size_t in_bytes;
    uint8_t *out;
    size_t out_bytes;
    struct payload_arena *arena;
    size_t consumed; /* set: length of the stream within in */
    size_t produced; /* set: bytes written to out */
};

/*
 * Each unpacks the one stream that starts at job->in. in_bytes and out_bytes
 * must be at most UNPACK_MAX_BYTES. consumed and produced are valid only with
 * UNPACK_OK. What follows the stream in `in` is left alone, except for
 * unpack_lz4_legacy(), whose format has no end: it takes a last word of four
 * bytes (the length that Linux's build appends) as not its own.
 */
#define UNPACK_MAX_BYTES ((size_t)1 << 30)

enum unpack_result unpack_gzip(struct unpack_job *job);
enum unpack_result unpack_bzip2(struct unpack_job *job);
enum unpack_result unpack_lzma(struct unpack_job *job);
enum unpack_result unpack_xz(struct unpack_job *job);
enum unpack_result unpack_lz4_legacy(struct unpack_job *job);
enum unpack_result unpack_zstd(struct unpack_job *job);

/*
 * Arena bytes that suffice for every stream (for xz and lzma: every stream
 * with a dictionary of at most 64 MiB, the largest of their presets).
 */
#define UNPACK_GZIP_ARENA_BYTES  ((size_t)64 << 10)
#define UNPACK_BZIP2_ARENA_BYTES ((size_t)4 << 20)
#define UNPACK_LZMA_ARENA_BYTES  ((size_t)65 << 20)
#define UNPACK_LZ4_ARENA_BYTES   ((size_t)0)
#define UNPACK_ZSTD_ARENA_BYTES  ((size_t)256 << 10)

/* Returns bytes of the arena, 16-byte aligned, or NULL when it is used up. */
static inline void *arena_take(struct payload_arena *arena, size_t bytes)
{
    size_t at = arena->used, left = arena->bytes - at;
    size_t pad = -((uintptr_t)arena->base + at) & 15;

    if (pad > left || bytes > left - pad)
        return NULL;
    arena->used = at + pad + bytes;
    return arena->base + at + pad;
}

#endif
