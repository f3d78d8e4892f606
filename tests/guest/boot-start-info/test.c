/*
 * start_info describes what the builder made: magic, memory, flags of an
 * initial domain, where tables and p2m list are, and the command line.
 */
/* not-as-guest: it says what an initial domain is told */
#include "guest.h"

static bool in_image_or_behind(uint64_t va)
{
    return va >= (uint64_t)image_end && va < KERNEL_BASE + (8UL << 20);
}

static void layout(void)
{
    const struct start_info *s = start_info;

    CHECK(in_image_or_behind((uint64_t)s));
    CHECK_EQ(s->mfn_list, ((uint64_t)image_end + 4095) & ~4095UL);
    CHECK_EQ((uint64_t)s, (s->mfn_list + s->nr_pages * 8 + 4095) & ~4095UL);
    CHECK_EQ(s->pt_base, (uint64_t)s + PAGE_SIZE);
    /* L4, L3, L2 and an L1 for each 2 MiB of the mapping, which is 4 MiB. */
    CHECK_EQ(s->nr_pt_frames, 5);
    /* The list is in the mapping, so nothing is behind it. */
    CHECK_EQ(s->first_p2m_pfn, (4UL << 20) / PAGE_SIZE);
    CHECK_EQ(s->nr_p2m_frames, 0);
}

void test(void)
{
    const struct start_info *s = start_info;

    CHECK(!memcmp(s->magic, "xen-3.0-x86_64", 14));
    CHECK_EQ(s->nr_pages,
             memory_op(XENMEM_current_reservation, (&(domid_t){DOMID_SELF})));
    CHECK_EQ(s->nr_pages, 8192);
    CHECK_EQ(s->flags & 0xff, SIF_PRIVILEGED | SIF_INITDOMAIN);
    CHECK_EQ(s->shared_info % PAGE_SIZE, 0);
    CHECK_EQ(s->store_mfn, 0);
    CHECK_EQ(s->store_evtchn, 0);
    CHECK_EQ(s->mod_start, 0);
    CHECK_EQ(s->mod_len, 0);
    CHECK(!strcmp((const char *)s->cmd_line, "boot-start-info"));
    layout();
}
