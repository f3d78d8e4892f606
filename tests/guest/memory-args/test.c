/*
 * memory_op refuses arguments that cannot be read, orders and counts that
 * cannot be, and domains that are not there; operations for other kinds of
 * guests do not exist for this one.
 */
#include "guest.h"

static const uint64_t bad[] = {0,          0x1000,         HV_START,
                               HV_END - 8, 0x800000000000, ~0UL};

static void pointers(void)
{
    static const unsigned ops[] = {
        XENMEM_increase_reservation, XENMEM_decrease_reservation,
        XENMEM_populate_physmap,     XENMEM_exchange,
        XENMEM_current_reservation,  XENMEM_maximum_reservation,
        XENMEM_maximum_gpfn,         XENMEM_machine_memory_map,
        XENMEM_machphys_mapping,
    };

    for (unsigned i = 0; i < ARRAY_SIZE(ops); i++)
        for (unsigned j = 0; j < ARRAY_SIZE(bad); j++) {
            long rc = memory_op(ops[i], bad[j]);

            if (ops[i] <= XENMEM_decrease_reservation ||
                ops[i] == XENMEM_populate_physmap)
                CHECK_EQ(rc, 0); /* no extent was done */
            else
                CHECK_RIGHTS(rc, -EFAULT,
                             ops[i] == XENMEM_machine_memory_map ? -EPERM
                                                                 : -EFAULT);
        }
}

static long reserve(unsigned op, uint64_t n, unsigned order, domid_t domain,
                    const void *list)
{
    struct xen_memory_reservation r = {
        .nr_extents = n, .extent_order = order, .domid = domain};

    set_xen_guest_handle(r.extent_start, (xen_pfn_t *)(uintptr_t)list);
    return memory_op(op, &r);
}

static void reservations(void)
{
    uint64_t frame = 0xa0;

    CHECK_EQ(reserve(XENMEM_populate_physmap, 1, 30, DOMID_SELF, &frame), 0);
    CHECK_EQ(reserve(XENMEM_decrease_reservation, 1, 30, DOMID_SELF, &frame),
             0);
    CHECK_EQ(reserve(XENMEM_decrease_reservation, 1, 0, DOMID_SELF, &frame), 0);
    CHECK_EQ(reserve(XENMEM_decrease_reservation, 1, 0, DOMID_SELF,
                     (void *)HV_START),
             0);
    CHECK_EQ(reserve(XENMEM_populate_physmap, 1, 0, DOMID_SELF, (void *)0x1000),
             0);
    CHECK_EQ(reserve(XENMEM_populate_physmap, 1UL << 60, 0, DOMID_SELF, &frame),
             0);
    CHECK_EQ(reserve(XENMEM_decrease_reservation, 1, 0, 7, &frame), 0);
}

static void other_guests_operations(void)
{
    struct xen_add_to_physmap add = {.domid = DOMID_SELF};
    domid_t other = 7;

    CHECK(memory_op(XENMEM_add_to_physmap, &add) < 0);
    CHECK_EQ(memory_op(XENMEM_current_reservation, &other), -ESRCH);
    CHECK_EQ(memory_op(61, &add), -ENOSYS);
}

static void memory_map(void)
{
    static struct xen_e820entry_like {
        uint64_t addr, size;
        uint32_t type;
    } __attribute__((packed)) map[128];
    struct xen_memory_map m = {.nr_entries = 1};

    set_xen_guest_handle(m.buffer, (void *)map);
    CHECK_EQ(memory_op(XENMEM_machine_memory_map, &m), -EINVAL);
    m.nr_entries = 128;
    CHECK_EQ(memory_op(XENMEM_machine_memory_map, &m), 0);
    CHECK(m.nr_entries > 4 && m.nr_entries < 128);
    CHECK_EQ(map[0].addr, 0);
    CHECK_EQ(map[0].type, 1);
    set_xen_guest_handle(m.buffer, (void *)HV_START);
    CHECK_EQ(memory_op(XENMEM_machine_memory_map, &m), -EFAULT);
    m.nr_entries = 128;
    set_xen_guest_handle(m.buffer, (void *)map);
    CHECK_EQ(memory_op(XENMEM_memory_map, &m), -ENOSYS);
    CHECK_EQ(memory_op(XENMEM_memory_map, 0x1000), -EFAULT);
}

void test(void)
{
    pointers();
    reservations();
    other_guests_operations();
    if (is_initial)
        memory_map();
    else
        CHECK_EQ(memory_op(XENMEM_machine_memory_map, NULL), -EPERM);
}
