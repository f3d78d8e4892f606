/*
 * grant/grant_entry_v2_fuzz.c - uses of an entry of version 2 begin and end,
 * while the guest writes to the entry and its status word: what is counted is
 * what was allowed, what a use keeps never changes nor leaves a page, and we
 * change no bits but the two that say so. What was written goes over to the
 * other version and back.
 */
/* link: */
/* covers: hv/grant/entry_v2.c */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t bytes);
static void guest_acts(void);

#define GRANT_STEP() guest_acts()
#include "grant/entry_v2.c"

#define CHECK(condition)                                                       \
    do {                                                                       \
        if (!(condition))                                                      \
            abort();                                                           \
    } while (0)

static union grant_entry_v2 entry;
static grant_status_t status;
static struct grant_use use, first;
static uint32_t readers, writers;
static const uint8_t *input, *input_end;

static uint8_t next(void)
{
    return input < input_end ? *input++ : 0;
}

/* Any byte of the entry, or a header that has a chance. */
static void guest_acts(void)
{
    uint8_t what = next();

    if (what < 0x80)
        return;
    if (what & 0x40) {
        entry.hdr.flags =
            (uint16_t)((what & 7) | (what & 8 ? GTF_sub_page : 0));
        entry.hdr.domid = next() & 3;
    } else {
        ((uint8_t *)&entry)[what & 15] = next();
    }
}

static void begin(domid_t who, unsigned how)
{
    int16_t rc = grant_entry_v2_get(&entry, &status, &use, who, how);

    if (rc != GNTST_okay)
        return;
    if (!(readers + writers)) {
        first = use;
        CHECK(use.domid == who);
    }
    CHECK(who == first.domid);
    CHECK(!(how & GRANT_MAP && use.bytes & USE_PARTIAL));
    CHECK(use.start <= PAGE_SIZE && (use.bytes & ~USE_PARTIAL) <= PAGE_SIZE);
    readers += !(how & GRANT_WRITE);
    writers += !!(how & GRANT_WRITE);
    CHECK(status & GTF_reading);
    CHECK(!(how & GRANT_WRITE) || status & GTF_writing);
}

static void end(bool write)
{
    if (write ? !writers : !readers)
        return;
    readers -= !write;
    writers -= write;
    grant_use_end(&use, &status, write);
}

static void change_version(void)
{
    struct grant_entry_v1 old;
    union grant_entry_v2 new;
    grant_status_t marks;

    if (!grant_entry_to_v1(entry, status, &old))
        return;
    grant_entry_to_v2(old, &new, &marks);
    CHECK(!old.flags ||
          (new.full_page.frame == entry.full_page.frame &&new.hdr.domid ==
           entry.hdr.domid));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t bytes)
{
    input = data;
    input_end = data + bytes;
    memset(&entry, 0, sizeof(entry));
    memset(&use, 0, sizeof(use));
    status = 0;
    readers = writers = 0;
    while (input < input_end) {
        uint8_t what = next();

        guest_acts();
        if (what & 1)
            begin(what >> 1 & 3, what >> 3 & (GRANT_WRITE | GRANT_MAP));
        else
            end(what & 8);
        if (what & 0x80)
            change_version();
        CHECK(use.readers == readers && use.writers == writers);
        CHECK(!!(status & GTF_writing) == !!writers);
        CHECK(!!(status & GTF_reading) == !!(readers + writers));
        CHECK(!(readers + writers) ||
              (use.frame == first.frame && use.start == first.start &&
               use.bytes == first.bytes && use.through == first.through));
    }
    return 0;
}
