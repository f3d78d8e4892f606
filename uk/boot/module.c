/* module.c - see module.h. */
#include "boot/module.h"
#include "lib/inflate.h"
#include "mm/heap.h"
#include "mm/pages.h"
#include "vfs/file.h"
#include "xen/console.h"

static uint32_t frames_of(size_t size)
{
    return (uint32_t)(page_up(size) >> 12);
}

/* A file that is cut off says anything of its size: there is room for what can
 * be, and where it is broken shows. */
static uint32_t choose_room(size_t length)
{
    uint32_t free = pages_frames()->free, all = frames_of(length + 1);

    return minimum(all, free - free / 8);
}

noreturn_ static void refuse(long error, size_t stopped, size_t room)
{
    if (error == GZIP_BROKEN)
        console_panic("archive: gzip's data are broken at byte %lu", stopped);
    if (error == GZIP_TOO_LONG)
        console_panic("archive: gzip's data are longer than %lu bytes", room);
    console_panic("archive: gzip's checksum or length is wrong");
}

static void unpack_gzip(const char *data, size_t size)
{
    struct inflate *work = heap_alloc(gzip_work_bytes());
    size_t length = gzip_size(data, size);
    uint32_t n = choose_room(length);
    uint32_t first = work ? pages_alloc_raw(n) : FRAME_NONE;
    long got;

    if (first == FRAME_NONE)
        console_panic("archive: no memory to unpack %lu bytes", length);
    length = minimum(length, n * PAGE_BYTES);
    got = gzip_unpack(work, data, size, direct(first), length);
    if (got < 0)
        refuse(got, gzip_stopped_at(work), length);
    heap_free(work, gzip_work_bytes());
    archive_unpack(direct(first), (size_t)got);
    pages_free(first, n);
}

void module_unpack(const char *data, size_t size)
{
    if (gzip_is(data, size))
        unpack_gzip(data, size);
    else
        archive_unpack(data, size);
    pages_free(direct_frame(data), frames_of(size));
}
