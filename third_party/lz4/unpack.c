/*
 * third_party/lz4/unpack.c - lz4's legacy frames (what `lz4 -l` and Linux's
 * build write): the magic, then blocks of a 32-bit length and their data,
 * each but the last of 8 MiB unpacked, without an end mark.
 * Source: lz4's doc/lz4_Frame_format.md, "Legacy frame".
 */
#include <lz4.h>
#include <string.h>

#include "third_party/unpack.h"

#define LZ4_LEGACY_MAGIC 0x184c2102U
#define LZ4_BLOCK_BYTES  ((size_t)8 << 20)

static uint32_t word_at(const struct unpack_job *job, size_t at)
{
    uint32_t word;

    memcpy(&word, job->in + at, sizeof(word));
    return word;
}

/* Unpacks the block of `bytes` at consumed; both counts advance. */
static enum unpack_result unpack_block(struct unpack_job *job, size_t bytes)
{
    size_t room = job->out_bytes - job->produced;
    size_t want = room < LZ4_BLOCK_BYTES ? room : LZ4_BLOCK_BYTES;
    const char *in = (const char *)job->in + job->consumed;
    char *out = (char *)job->out + job->produced;
    int got;

    if (bytes > job->in_bytes - job->consumed)
        return UNPACK_TRUNCATED;
    got = LZ4_decompress_safe(in, out, (int)bytes, (int)want);
    if (got < 0)
        return UNPACK_CORRUPT;
    job->consumed += bytes;
    job->produced += (size_t)got;
    return UNPACK_OK;
}

enum unpack_result unpack_lz4_legacy(struct unpack_job *job)
{
    enum unpack_result result = UNPACK_OK;

    job->consumed = sizeof(uint32_t);
    job->produced = 0;
    if (job->in_bytes < 2 * sizeof(uint32_t))
        return UNPACK_TRUNCATED;
    if (word_at(job, 0) != LZ4_LEGACY_MAGIC)
        return UNPACK_CORRUPT;
    while (result == UNPACK_OK &&
           job->in_bytes - job->consumed > sizeof(uint32_t)) {
        uint32_t bytes = word_at(job, job->consumed);

        job->consumed += sizeof(bytes);
        if (bytes != LZ4_LEGACY_MAGIC)
            result = unpack_block(job, bytes);
    }
    return result;
}
