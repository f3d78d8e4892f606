/*
 * third_party/zlib/unpack.c - gzip streams by zlib's inflate.
 */
#include <zlib.h>

#include "third_party/unpack.h"

#define GZIP_ONLY (16 + MAX_WBITS)

static voidpf zlib_alloc(voidpf arena, uInt items, uInt size)
{
    return arena_take(arena, (size_t)items * size);
}

static void zlib_free(voidpf arena, voidpf address)
{
    (void)arena;
    (void)address;
}

static enum unpack_result result_of(int code, const z_stream *s)
{
    switch (code) {
    case Z_STREAM_END:
        return UNPACK_OK;
    case Z_OK:
    case Z_BUF_ERROR:
        return s->avail_out ? UNPACK_TRUNCATED : UNPACK_TOO_LONG;
    case Z_MEM_ERROR:
        return UNPACK_NO_MEMORY;
    default:
        return UNPACK_CORRUPT;
    }
}

enum unpack_result unpack_gzip(struct unpack_job *job)
{
    z_stream s = {.next_in = (z_const Bytef *)job->in,
                  .avail_in = (uInt)job->in_bytes,
                  .next_out = job->out,
                  .avail_out = (uInt)job->out_bytes,
                  .zalloc = zlib_alloc,
                  .zfree = zlib_free,
                  .opaque = job->arena};
    int code = inflateInit2(&s, GZIP_ONLY);

    if (code != Z_OK)
        return UNPACK_NO_MEMORY;
    code = inflate(&s, Z_FINISH);
    job->consumed = job->in_bytes - s.avail_in;
    job->produced = job->out_bytes - s.avail_out;
    return result_of(code, &s);
}
