/*
 * physdev_op refuses interrupts, devices and arguments that are not there, and
 * gives a line's interrupt to one port only.
 */
/* not-as-guest: it gives a toolstack's orders */
#include "guest.h"

static long bind(unsigned pirq, uint32_t *port)
{
    struct evtchn_bind_pirq b = {.pirq = pirq, .flags = 0};
    long rc = event_channel_op(EVTCHNOP_bind_pirq, &b);

    *port = b.port;
    return rc;
}

static void pointers(void)
{
    static const unsigned ops[] = {PHYSDEVOP_irq_status_query,
                                   PHYSDEVOP_set_iopl,
                                   PHYSDEVOP_eoi,
                                   PHYSDEVOP_map_pirq,
                                   PHYSDEVOP_unmap_pirq,
                                   PHYSDEVOP_setup_gsi,
                                   PHYSDEVOP_get_free_pirq,
                                   PHYSDEVOP_pci_device_add};

    for (unsigned i = 0; i < ARRAY_SIZE(ops); i++) {
        CHECK_EQ(physdev_op(ops[i], 0x1000), -EFAULT);
        CHECK_EQ(physdev_op(ops[i], HV_START), -EFAULT);
        CHECK_EQ(physdev_op(ops[i], 0x800000000000), -EFAULT);
    }
    CHECK_EQ(physdev_op(99, ops), -ENOSYS);
}

void test(void)
{
    struct physdev_eoi eoi = {.irq = 5000};
    struct physdev_irq_status_query query = {.irq = 5000};
    struct physdev_setup_gsi gsi = {.gsi = 11, .triggering = 1, .polarity = 1};
    struct physdev_map_pirq map = {.domid = DOMID_SELF,
                                   .type = MAP_PIRQ_TYPE_GSI,
                                   .index = 11,
                                   .pirq = 11};
    uint32_t port, again;

    events_init();
    pointers();
    CHECK_EQ(physdev_op(PHYSDEVOP_eoi, &eoi), -EINVAL);
    CHECK_EQ(physdev_op(PHYSDEVOP_irq_status_query, &query), -EINVAL);
    CHECK_EQ(bind(5000, &port), -EINVAL);
    CHECK(bind(~0U, &port) < 0);
    CHECK(bind(11, &port) < 0); /* nobody mapped it */
    CHECK_EQ(physdev_op(PHYSDEVOP_setup_gsi, &gsi), 0);
    CHECK_EQ(physdev_op(PHYSDEVOP_map_pirq, &map), 0);
    CHECK_EQ(bind(map.pirq, &port), 0);
    CHECK_EQ(bind(11, &again), -EEXIST);
    CHECK_EQ(event_close(port), 0);
    CHECK_EQ(bind(11, &port), 0);
}
