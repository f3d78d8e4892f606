/*
 * data.c - the contents of regular files, in frames that mappings share; see
 * node.h.
 */
#include <errno.h>

#include "lib/string.h"
#include "mm/heap.h"
#include "mm/pages.h"
#include "vfs/node_internal.h"

enum { FIRST_ROOM = 8, BLOCKS_A_PAGE = 8, FRAMES_KEPT = 24 };
#define SIZE_MAX_BYTES (1UL << 40)

static uint64_t pages_of(const struct node *n)
{
    return page_up(n->stat.st_size) >> 12;
}

static void drop_frames(struct node *n, uint64_t from)
{
    for (uint64_t i = from; i < n->data.room; i++) {
        if (n->data.frames[i] == FRAME_NONE)
            continue;
        frames_put(pages_frames(), n->data.frames[i]);
        n->data.frames[i] = FRAME_NONE;
        n->stat.st_blocks -= BLOCKS_A_PAGE;
    }
}

void node_free_data(struct node *n)
{
    drop_frames(n, 0);
    heap_free(n->data.frames, n->data.room * sizeof(uint32_t));
}

/* Room in the list for `pages`, by doubling. */
static bool make_room(struct node *n, uint64_t pages)
{
    uint64_t room = n->data.room ? n->data.room : FIRST_ROOM;
    uint32_t *frames;

    if (pages <= n->data.room)
        return true;
    while (room < pages)
        room *= 2;
    frames = heap_alloc(room * sizeof(*frames));
    if (!frames)
        return false;
    if (n->data.room)
        memcpy(frames, n->data.frames, n->data.room * sizeof(*frames));
    memset(frames + n->data.room, 0xff,
           (room - n->data.room) * sizeof(*frames));
    heap_free(n->data.frames, n->data.room * sizeof(*frames));
    n->data.frames = frames;
    n->data.room = room;
    return true;
}

/* The frame of a page of the file, for writing: a hole is filled. */
static uint32_t fill_page(struct node *n, uint64_t index)
{
    uint32_t *at;

    if (!make_room(n, index + 1))
        return FRAME_NONE;
    at = &n->data.frames[index];
    if (*at == FRAME_NONE && pages_frames()->free > FRAMES_KEPT) {
        *at = pages_alloc(1);
        n->stat.st_blocks += *at == FRAME_NONE ? 0 : BLOCKS_A_PAGE;
    }
    return *at;
}

uint32_t node_get_frame(struct backing *b, uint64_t index)
{
    struct node *n = (struct node *)b;
    uint32_t frame;

    if (index >= pages_of(n))
        return FRAME_NONE;
    frame = fill_page(n, index);
    if (frame != FRAME_NONE && !frames_get(pages_frames(), frame))
        return FRAME_NONE;
    return frame;
}

static uint32_t find_frame(const struct node *n, uint64_t index)
{
    return index < n->data.room ? n->data.frames[index] : FRAME_NONE;
}

bool node_read_page(struct backing *b, uint64_t index, void *to)
{
    struct node *n = (struct node *)b;
    uint32_t frame = find_frame(n, index);

    if (index >= pages_of(n))
        return false;
    if (frame == FRAME_NONE)
        memset(to, 0, PAGE_BYTES);
    else
        memcpy(to, direct(frame), PAGE_BYTES);
    return true;
}

uint64_t node_next_page(struct backing *b, uint64_t index)
{
    struct node *n = (struct node *)b;
    uint64_t end = minimum(pages_of(n), n->data.room);

    while (index < end && n->data.frames[index] == FRAME_NONE)
        index++;
    return index < end ? index : UINT64_MAX;
}

long node_read(struct node *n, void *to, size_t size, uint64_t at)
{
    uint64_t end = (uint64_t)n->stat.st_size;
    char *out = to;

    if (at >= end)
        return 0;
    size = minimum(size, end - at);
    end = at + size;
    while (at < end) {
        uint64_t index = at >> 12, within = at & PAGE_MASK;
        size_t part = minimum(PAGE_BYTES - within, end - at);
        uint32_t frame = find_frame(n, index);

        if (frame == FRAME_NONE)
            memset(out, 0, part);
        else
            memcpy(out, (char *)direct(frame) + within, part);
        out += part;
        at += part;
    }
    return (long)size;
}

/* Before it grows to `size`: what a mapping wrote behind the end of the file,
 * in its last page, was never in it. */
static void clear_behind(struct node *n, uint64_t size)
{
    uint64_t end = (uint64_t)n->stat.st_size;
    uint32_t frame;

    if (size <= end)
        return;
    frame = find_frame(n, end >> 12);
    size = minimum(size, page_up(end));
    if (size > end && frame != FRAME_NONE)
        memset((char *)direct(frame) + (end & PAGE_MASK), 0, size - end);
}

long node_write(struct node *n, const void *from, size_t size, uint64_t at)
{
    const char *in = from;
    size_t left = size;

    if (at >= SIZE_MAX_BYTES || size > SIZE_MAX_BYTES - at)
        return -EFBIG;
    if (size > 0)
        clear_behind(n, at);
    while (left > 0) {
        uint64_t within = at & PAGE_MASK;
        size_t part = minimum(PAGE_BYTES - within, left);
        uint32_t frame = fill_page(n, at >> 12);

        if (frame == FRAME_NONE)
            break;
        memcpy((char *)direct(frame) + within, in, part);
        in += part;
        at += part;
        left -= part;
        if ((off_t)at > n->stat.st_size)
            n->stat.st_size = (off_t)at;
    }
    if (left == size && size > 0)
        return -ENOSPC;
    node_touch(n, TOUCH_MODIFY | TOUCH_CHANGE);
    return (long)(size - left);
}

/* To no more than it has: memory that was reserved behind the end goes, too. */
static void shrink(struct node *n, uint64_t size)
{
    uint32_t last = find_frame(n, size >> 12);
    uint64_t within = size & PAGE_MASK;

    space_cut_off(&n->backing, page_up(size) >> 12);
    drop_frames(n, page_up(size) >> 12);
    if (within && last != FRAME_NONE)
        memset((char *)direct(last) + within, 0, PAGE_BYTES - within);
}

long node_truncate(struct node *n, uint64_t size)
{
    if (size > SIZE_MAX_BYTES)
        return -EFBIG;
    if ((off_t)size > n->stat.st_size)
        clear_behind(n, size);
    else
        shrink(n, size);
    n->stat.st_size = (off_t)size;
    node_touch(n, TOUCH_MODIFY | TOUCH_CHANGE);
    return 0;
}

static uint64_t count_holes(const struct node *n, uint64_t from, uint64_t to)
{
    uint64_t holes = to - from;

    for (to = minimum(to, n->data.room); from < to; from++)
        holes -= n->data.frames[from] != FRAME_NONE;
    return holes;
}

static bool has_memory_for(uint64_t pages)
{
    return pages + FRAMES_KEPT <= pages_frames()->free;
}

/* All of it, or nothing: the list of frames takes some, too. */
static bool fill(struct node *n, uint64_t from, uint64_t to)
{
    uint64_t holes = count_holes(n, from, to);

    if (!has_memory_for(holes) || !make_room(n, to) || !has_memory_for(holes))
        return false;
    for (; from < to; from++)
        fill_page(n, from);
    return true;
}

long node_reserve(struct node *n, uint64_t at, uint64_t end, bool keep)
{
    if (end > SIZE_MAX_BYTES)
        return -EFBIG;
    if (!fill(n, at >> 12, page_up(end) >> 12))
        return -ENOSPC;
    if (!keep && (off_t)end > n->stat.st_size) {
        clear_behind(n, end);
        n->stat.st_size = (off_t)end;
    }
    node_touch(n, TOUCH_CHANGE);
    return 0;
}
