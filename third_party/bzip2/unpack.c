/*
 * third_party/bzip2/unpack.c - bzip2 streams by libbz2.
 */
#include <bzlib.h>

#include "third_party/unpack.h"

static void *bzip2_alloc(void *arena, int items, int size)
{
    return arena_take(arena, (size_t)items * (size_t)size);
}

static void bzip2_free(void *arena, void *address)
{
    (void)arena;
    (void)address;
}

/* libbz2's own assertions; its input cannot cause one. */
void bz_internal_error(int code);
void bz_internal_error(int code)
{
    (void)code;
    __builtin_trap();
}

static enum unpack_result result_of(int code, const bz_stream *s)
{
    switch (code) {
    case BZ_STREAM_END:
        return UNPACK_OK;
    case BZ_OK:
        return s->avail_out ? UNPACK_TRUNCATED : UNPACK_TOO_LONG;
    case BZ_MEM_ERROR:
        return UNPACK_NO_MEMORY;
    default:
        return UNPACK_CORRUPT;
    }
}

enum unpack_result unpack_bzip2(struct unpack_job *job)
{
    bz_stream s = {.next_in = (char *)job->in,
                   .avail_in = (unsigned)job->in_bytes,
                   .next_out = (char *)job->out,
                   .avail_out = (unsigned)job->out_bytes,
                   .bzalloc = bzip2_alloc,
                   .bzfree = bzip2_free,
                   .opaque = job->arena};
    int code = BZ2_bzDecompressInit(&s, 0, 0);

    if (code != BZ_OK)
        return UNPACK_NO_MEMORY;
    code = BZ2_bzDecompress(&s);
    job->consumed = job->in_bytes - s.avail_in;
    job->produced = job->out_bytes - s.avail_out;
    return result_of(code, &s);
}
