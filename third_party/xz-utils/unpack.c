/*
 * third_party/xz-utils/unpack.c - xz and lzma streams by liblzma.
 */
#include <lzma.h>
#include <stdbool.h>

#include "third_party/unpack.h"

static void *lzma_take(void *arena, size_t items, size_t size)
{
    return size && items > SIZE_MAX / size ? NULL
                                           : arena_take(arena, items * size);
}

static void lzma_drop(void *arena, void *address)
{
    (void)arena;
    (void)address;
}

static enum unpack_result result_of(lzma_ret code, const lzma_stream *s)
{
    switch (code) {
    case LZMA_STREAM_END:
        return UNPACK_OK;
    case LZMA_OK:
    case LZMA_BUF_ERROR:
        return s->avail_out ? UNPACK_TRUNCATED : UNPACK_TOO_LONG;
    case LZMA_MEM_ERROR:
    case LZMA_MEMLIMIT_ERROR:
        return UNPACK_NO_MEMORY;
    case LZMA_OPTIONS_ERROR:
    case LZMA_UNSUPPORTED_CHECK:
        return UNPACK_UNSUPPORTED;
    default:
        return UNPACK_CORRUPT;
    }
}

static enum unpack_result run(struct unpack_job *job, bool xz)
{
    lzma_allocator allocator = {lzma_take, lzma_drop, job->arena};
    lzma_stream s = LZMA_STREAM_INIT;
    lzma_ret code;

    s.next_in = job->in;
    s.avail_in = job->in_bytes;
    s.next_out = job->out;
    s.avail_out = job->out_bytes;
    s.allocator = &allocator;
    code = xz ? lzma_stream_decoder(&s, job->arena->bytes,
                                    LZMA_TELL_UNSUPPORTED_CHECK)
              : lzma_alone_decoder(&s, job->arena->bytes);
    /*
     * lzma_code() returns LZMA_OK when it made progress and must be asked
     * again to learn why it stopped.
     */
    while (code == LZMA_OK)
        code = lzma_code(&s, LZMA_FINISH);
    job->consumed = job->in_bytes - s.avail_in;
    job->produced = job->out_bytes - s.avail_out;
    return result_of(code, &s);
}

enum unpack_result unpack_xz(struct unpack_job *job)
{
    return run(job, true);
}

enum unpack_result unpack_lzma(struct unpack_job *job)
{
    return run(job, false);
}
