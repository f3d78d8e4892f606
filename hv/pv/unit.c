/*
 * pv/unit.c - this room's part in births and at boot. Layer: pv.
 */
#include "evtchn/evtchn.h"
#include "pv/cpuid.h"
#include "pv/isolation.h"
#include "pv/l1tf.h"
#include "pv/pv.h"
#include "pv/switch.h"

static int create_vcpu(struct vcpu *v)
{
    int rc = pv_init_vcpu_state(v);

    if (!rc)
        rc = pv_isolation_init_vcpu(v);
    if (!rc)
        pv_update_entry(v);
    return rc;
}

static void destroy_vcpu(struct vcpu *v)
{
    pv_isolation_free_vcpu(v);
}

static int create(struct domain *d)
{
    d->l1tf_checked = l1tf_is_checked(d->privileged);
    cpuid_init_domain(d);
    return 0;
}

const struct domain_unit pv_unit = {
    .name = "pv",
    .create = create,
    .relinquish = pv_relinquish,
    .destroy = cpuid_free_domain,
    .create_vcpu = create_vcpu,
    .destroy_vcpu = destroy_vcpu,
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

/* One that has suspended tells the port that somebody subscribed it for. */
static void raise_exception(struct domain *suspended)
{
    uint32_t port = suspended ? READ_ONCE(suspended->suspend_port) : 0;

    if (port)
        (void)evtchn_send(suspended, port);
    else
        virq_raise_at_handler(VIRQ_DOM_EXC);
}

void __init pv_init_hooks(void)
{
    evtchn_register_frame_ops(hold_writable, drop_writable);
    domain_exception_register(raise_exception);
}
