/*
 * grant/entry_v2.c - an entry of version 2 and its status word. Layer: grant.
 * Pure: works on the words it is given. The caller holds the table's lock.
 */
#include "grant/entry.h"

/* A test compiles this file with a guest that acts at each of these points. */
#ifndef GRANT_STEP
#define GRANT_STEP() ((void)0)
#endif

static uint32_t read_header(const union grant_entry_v2 *entry)
{
    return __atomic_load_n((const uint32_t *)(const void *)entry,
                           __ATOMIC_SEQ_CST);
}

static void unmark(grant_status_t *status, uint16_t marks)
{
    if (marks)
        __atomic_fetch_and(status, (uint16_t)~marks, __ATOMIC_SEQ_CST);
}

/* Marks the use, and looks whether the guest had taken the grant back before it
 * could see the mark. *header: what was granted. */
static int16_t mark_used(const union grant_entry_v2 *entry,
                         grant_status_t *status, const struct grant_use *use,
                         domid_t who, unsigned how, uint32_t *header)
{
    if (!grant_allows(read_header(entry), who, how, true))
        return GNTST_general_error;
    __atomic_fetch_or(status, grant_marks(how), __ATOMIC_SEQ_CST);
    GRANT_STEP();
    *header = read_header(entry);
    if (grant_allows(*header, who, how, true))
        return GNTST_okay;
    unmark(status, grant_marks_done(use));
    return GNTST_general_error;
}

static uint32_t frame_number(uint64_t frame)
{
    return frame < UINT32_MAX ? (uint32_t)frame : UINT32_MAX;
}

/* No copy reaches beyond a page. */
static uint16_t within_page(uint16_t n)
{
    return MIN(n, (uint16_t)PAGE_SIZE);
}

#define READ(field) __atomic_load_n(&entry->field, __ATOMIC_RELAXED)

/* What the first use keeps. Each word of the guest's is read once. */
static struct grant_use describe(const union grant_entry_v2 *entry,
                                 uint32_t header, domid_t who)
{
    struct grant_use use = {
        .domid = who, .through = GRANT_DIRECT, .bytes = PAGE_SIZE};

    if ((header & GTF_type_mask) == GTF_transitive) {
        use.through = READ(transitive.trans_domid);
        use.frame = READ(transitive.gref);
        use.bytes |= USE_PARTIAL;
    } else if (header & GTF_sub_page) {
        use.start = within_page(READ(sub_page.page_off));
        use.bytes = within_page(READ(sub_page.length)) | USE_PARTIAL;
        use.frame = frame_number(READ(sub_page.frame));
    } else {
        use.frame = frame_number(READ(full_page.frame));
    }
    return use;
}

int16_t grant_entry_v2_get(union grant_entry_v2 *entry, grant_status_t *status,
                           struct grant_use *use, domid_t who, unsigned how)
{
    uint32_t header = 0;
    int16_t rc = GNTST_okay;

    if (!grant_may_join(use, who, how))
        return GNTST_general_error;
    if (grant_needs_step(use, how))
        rc = mark_used(entry, status, use, who, how, &header);
    if (rc != GNTST_okay)
        return rc;
    if (!grant_is_used(use))
        *use = describe(entry, header, who);
    grant_count(use, how, 1);
    return GNTST_okay;
}

/* ---- from one version to the other ---- */

#define MARKS (GTF_reading | GTF_writing)

void grant_entry_to_v2(struct grant_entry_v1 from, union grant_entry_v2 *to,
                       grant_status_t *status)
{
    *to = (union grant_entry_v2){0};
    *status = 0;
    if ((from.flags & GTF_type_mask) != GTF_permit_access)
        return;
    to->hdr.flags = from.flags & (uint16_t)~MARKS;
    to->hdr.domid = from.domid;
    to->full_page.frame = from.frame;
    *status = from.flags & MARKS;
}

bool grant_entry_to_v1(union grant_entry_v2 from, grant_status_t status,
                       struct grant_entry_v1 *to)
{
    unsigned type = from.hdr.flags & GTF_type_mask;

    *to = (struct grant_entry_v1){0};
    if (type == GTF_transitive ||
        (type == GTF_permit_access && from.full_page.frame > UINT32_MAX))
        return false;
    if (type == GTF_permit_access)
        *to = (struct grant_entry_v1){from.hdr.flags | status, from.hdr.domid,
                                      (uint32_t)from.full_page.frame};
    return true;
}
