/*
 * third_party/libzstd/unpack.c - zstd frames by libzstd.
 */
#define ZSTD_STATIC_LINKING_ONLY
#include <zstd.h>
#include <zstd_errors.h>

#include "third_party/unpack.h"

static enum unpack_result result_of(size_t code)
{
    switch (ZSTD_getErrorCode(code)) {
    case ZSTD_error_no_error:
        return UNPACK_OK;
    case ZSTD_error_srcSize_wrong:
        return UNPACK_TRUNCATED;
    case ZSTD_error_dstSize_tooSmall:
        return UNPACK_TOO_LONG;
    case ZSTD_error_memory_allocation:
        return UNPACK_NO_MEMORY;
    case ZSTD_error_version_unsupported:
    case ZSTD_error_frameParameter_unsupported:
    case ZSTD_error_frameParameter_windowTooLarge:
    case ZSTD_error_dictionary_wrong:
        return UNPACK_UNSUPPORTED;
    default:
        return UNPACK_CORRUPT;
    }
}

enum unpack_result unpack_zstd(struct unpack_job *job)
{
    size_t workspace_bytes = ZSTD_estimateDCtxSize();
    void *workspace = arena_take(job->arena, workspace_bytes);
    ZSTD_DCtx *context;

    if (!workspace)
        return UNPACK_NO_MEMORY;
    context = ZSTD_initStaticDCtx(workspace, workspace_bytes);
    job->consumed = ZSTD_findFrameCompressedSize(job->in, job->in_bytes);
    if (ZSTD_isError(job->consumed))
        return result_of(job->consumed);
    job->produced = ZSTD_decompressDCtx(context, job->out, job->out_bytes,
                                        job->in, job->consumed);
    return result_of(job->produced);
}
