/*
 * grant/grant_entry_fuzz.c - uses of a grant entry begin and end, while the
 * guest writes to the entry before each step and within: what is counted is
 * what was allowed, the frame of a use never changes, and we change no bits but
 * the two that say so.
 */
/* link: */
/* covers: hv/grant/entry_v1.h hv/grant/entry.h */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t bytes);
static void guest_acts(void);

#define GRANT_STEP() guest_acts()
#include "grant/entry_v1.h"

#define CHECK(condition)                                                       \
    do {                                                                       \
        if (!(condition))                                                      \
            abort();                                                           \
    } while (0)

#define OURS (GTF_reading | GTF_writing)

static struct grant_entry_v1 entry;
static struct grant_use use;
static uint32_t readers, writers, frame;
static domid_t user;
static const uint8_t *input, *input_end;

static uint8_t next(void)
{
    return input < input_end ? *input++ : 0;
}

static void guest_acts(void)
{
    uint8_t what = next();

    if (what < 0xc0)
        return;
    what = next();
    entry.flags = (uint16_t)(what & 0x7f) | (what & 0x80 ? GTF_sub_page : 0);
    entry.domid = next() & 3;
    entry.frame = next();
}

static void begin(domid_t who, unsigned how)
{
    bool write = how & GRANT_WRITE;
    struct grant_entry_v1 before = entry;
    bool quiet = input == input_end; /* the guest does nothing meanwhile */
    int16_t status = grant_entry_get(&entry, &use, who, how);

    if (quiet) {
        CHECK(entry.frame == before.frame && entry.domid == before.domid);
        CHECK(!((entry.flags ^ before.flags) & ~OURS));
    }
    if (status != GNTST_okay)
        return;
    if (!(readers + writers)) {
        frame = use.frame;
        user = who;
    }
    readers += !write;
    writers += write;
    CHECK(who == user);
}

static void end(bool write)
{
    if (write ? !writers : !readers)
        return;
    readers -= !write;
    writers -= write;
    grant_use_end(&use, &entry.flags, write);
    if (!writers)
        CHECK(!(entry.flags & GTF_writing));
    if (!(readers + writers))
        CHECK(!(entry.flags & GTF_reading));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t bytes)
{
    input = data;
    input_end = data + bytes;
    memset(&entry, 0, sizeof(entry));
    memset(&use, 0, sizeof(use));
    readers = writers = 0;
    while (input < input_end) {
        uint8_t what = next();

        guest_acts();
        if (what & 1)
            begin(what >> 1 & 3, what >> 3 & (GRANT_WRITE | GRANT_MAP));
        else
            end(what & 8);
        CHECK(use.readers == readers && use.writers == writers);
        CHECK(!(readers + writers) || use.frame == frame);
    }
    begin(1, 0);
    return 0;
}
