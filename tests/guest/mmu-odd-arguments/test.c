/*
 * Arguments that once were not looked at: every node number of a reservation
 * (XSA-231), cache flushes of memory that nobody owns (XSA-232), addresses to
 * flush that are not canonical (XSA-279), large pages marked far outside of
 * memory (XSA-167), and texts whose rest is zero (XSA-122). All end well.
 */
#include "guest.h"

static void nodes(void)
{
    struct xen_memory_reservation r = {.nr_extents = 1, .domid = DOMID_SELF};
    domid_t self = DOMID_SELF;
    long pages = memory_op(XENMEM_current_reservation, &self), got = 0;

    for (; r.mem_flags < 0x10000; r.mem_flags += 0x100)
        got += memory_op(XENMEM_increase_reservation, &r);
    CHECK_EQ(memory_op(XENMEM_current_reservation, &self), pages + got);
}

static void nobodys_memory(void)
{
    struct gnttab_cache_flush f = {
        .length = PAGE_SIZE, .op = GNTTAB_CACHE_INVAL | GNTTAB_CACHE_CLEAN};

    for (; f.a.dev_bus_addr < 1UL << 20; f.a.dev_bus_addr += PAGE_SIZE)
        CHECK(grant_table_op(GNTTABOP_cache_flush, &f, 1) < 0);
    f.a.dev_bus_addr = 0xfec00000;
    CHECK(grant_table_op(GNTTABOP_cache_flush, &f, 1) < 0);
    f.a.dev_bus_addr = ~0xfffUL;
    CHECK(grant_table_op(GNTTABOP_cache_flush, &f, 1) < 0);
}

static void invlpg(void *address)
{
    __asm__ volatile("invlpg (%0)" : : "r"(address));
}

static void flushes(void)
{
    static const uint64_t odd[] = {1UL << 63, 0x800000000000, HV_START, ~0UL};

    for (unsigned i = 0; i < ARRAY_SIZE(odd); i++) {
        update_va_mapping(odd[i], 0, UVMF_INVLPG | UVMF_ALL);
        update_va_mapping(odd[i], 0, UVMF_INVLPG);
        CHECK_EQ(mmuext(MMUEXT_INVLPG_LOCAL, odd[i], 0), 0);
        CHECK_EQ(mmuext(MMUEXT_INVLPG_ALL, odd[i], 0), 0);
        CHECK_DIFFERS(fault_of(invlpg, (void *)odd[i]), NO_FAULT, VECTOR_GP);
    }
    CHECK_EQ(mmuext(MMUEXT_MARK_SUPER, -1UL << 21, 0), -EOPNOTSUPP);
    CHECK_EQ(mmuext(MMUEXT_UNMARK_SUPER, -1UL << 21, 0), -EOPNOTSUPP);
}

static void check_text(const char *text, unsigned bytes)
{
    unsigned i = 0;

    while (i < bytes && text[i])
        i++;
    CHECK(i < bytes);
    while (i < bytes && !text[i])
        i++;
    CHECK_EQ(i, bytes);
}

static void texts(void)
{
    static xen_extraversion_t extra;
    static xen_changeset_info_t changes;
    static struct xen_compile_info info;

    CHECK_EQ(xen_version(XENVER_extraversion, extra), 0);
    check_text(extra, sizeof(extra));
    CHECK_EQ(xen_version(XENVER_changeset, changes), 0);
    check_text(changes, sizeof(changes));
    CHECK_EQ(xen_version(XENVER_compile_info, &info), 0);
    check_text(info.compiler, sizeof(info.compiler));
    check_text(info.compile_by, sizeof(info.compile_by));
    check_text(info.compile_domain, sizeof(info.compile_domain));
    check_text(info.compile_date, sizeof(info.compile_date));
}

void test(void)
{
    nodes();
    nobodys_memory();
    flushes();
    texts();
}
