/*
 * pv/unit.c - this room's part in births and at boot. Layer: pv.
 */
#include "evtchn/evtchn.h"
#include "pv/pv.h"

static int create_vcpu(struct vcpu *v)
{
    int rc = pv_init_vcpu_state(v);

    if (!rc)
        pv_update_entry(v);
    return rc;
}

const struct domain_unit pv_unit = {
    .name = "pv",
    .create_vcpu = create_vcpu,
};

static int hold_writable(struct domain *d, mfn_t m)
{
    return frame_get_type(d, m, FRAME_WRITABLE);
}

static void drop_writable(struct domain *d, mfn_t m)
{
    (void)d;
    frame_put_type(m);
}

void pv_init_hooks(void)
{
    evtchn_register_frame_ops(hold_writable, drop_writable);
}
