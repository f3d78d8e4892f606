/*
 * hypercall/cpu_state.c - hypercalls that change what the calling vcpu's CPU
 * looks like to it. Layer: hypercall. No locks: a vcpu changes only itself.
 */
#include "cpu/cpu.h"
#include "hypercall/hypercall.h"
#include "pv/context.h"
#include "pv/pv.h"

/* ABI: between these many entries others may have the CPU. */
#define TRAPS_PER_STEP 256

#define GDT_FRAMES_MAX      14
#define DESCRIPTORS_A_FRAME 512

static int set_trap(struct vcpu *v, const struct trap_info *t)
{
    if (!addr_is_canonical(t->address))
        return -EINVAL;
    v->traps[t->vector] = *t;
    v->traps[t->vector].cs = context_selector(t->cs);
    return 0;
}

long hypercall_set_trap_table(uint64_t table)
{
    struct vcpu *v = current;
    struct trap_info t = {0};
    long rc = 0;

    if (!table)
        for (unsigned i = 0; i < ARRAY_SIZE(v->traps); i++)
            v->traps[i] = t;
    for (unsigned i = 0; table && !rc; i++, table += sizeof(t)) {
        if (i == TRAPS_PER_STEP) {
            pv_update_entry(v);
            return hypercall_continue(1, &table);
        }
        rc = guest_get(&t, table);
        if (rc || !t.address)
            break;
        rc = set_trap(v, &t);
    }
    pv_update_entry(v);
    return rc;
}

long hypercall_set_gdt(uint64_t list, uint64_t entries)
{
    uint64_t frames[GDT_FRAMES_MAX];
    uint64_t count = DIV_ROUND_UP((uint32_t)entries, DESCRIPTORS_A_FRAME);

    if ((uint32_t)entries > GDT_FRAMES_MAX * DESCRIPTORS_A_FRAME)
        return -EINVAL;
    if (guest_read(frames, guest_ptr(list), count * sizeof(*frames)))
        return -EFAULT;
    return pv_set_gdt(current, frames, (uint32_t)entries);
}

long hypercall_stack_switch(uint64_t ss, uint64_t sp)
{
    struct vcpu *v = current;

    if (unlikely(!context_stack_is_fine(sp)))
        return -EINVAL;
    v->entry.kernel_ss = context_selector(ss);
    v->entry.kernel_sp = sp & ~15UL;
    return 0;
}

static int set_syscall(struct vcpu *v, uint64_t ip, bool masks)
{
    v->entry.syscall_ip = ip;
    v->syscall_masks = masks;
    pv_update_entry(v);
    return 0;
}

static int set_callback(struct callback *c, uint64_t ip, bool masks)
{
    *c = (struct callback){ip, masks};
    return 0;
}

static int set_nmi(struct vcpu *v, uint64_t ip)
{
    v->traps[TRAP_NMI] = (struct trap_info){
        .vector = TRAP_NMI,
        .cs = SEL_GUEST_CS,
        .address = ip,
    };
    /* One may have waited for it. */
    if (v->nmi_pending)
        v->entry.exit_work = 1;
    return 0;
}

static int register_callback(struct vcpu *v, unsigned type, uint64_t ip,
                             bool masks)
{
    if (!addr_is_canonical(ip))
        return -EINVAL;
    switch (type) {
    case CALLBACKTYPE_event: /* always masks */
        return set_callback(&v->event, ip, true);
    case CALLBACKTYPE_failsafe:
        return set_callback(&v->failsafe, ip, masks);
    case CALLBACKTYPE_syscall:
        return set_syscall(v, ip, masks);
    case CALLBACKTYPE_syscall32:
        return set_callback(&v->syscall32, ip, masks);
    case CALLBACKTYPE_sysenter:
    case CALLBACKTYPE_sysenter_deprecated:
        return set_callback(&v->sysenter, ip, masks);
    case CALLBACKTYPE_nmi:
        return set_nmi(v, ip);
    default:
        return -ENOSYS;
    }
}

long hypercall_set_callbacks(uint64_t event, uint64_t failsafe,
                             uint64_t syscall)
{
    struct vcpu *v = current;

    /* As in Xen, each stands for itself, and none that is refused is told. */
    (void)register_callback(v, CALLBACKTYPE_event, event, true);
    (void)register_callback(v, CALLBACKTYPE_failsafe, failsafe, false);
    (void)register_callback(v, CALLBACKTYPE_syscall, syscall, false);
    return 0;
}

/* Only what a guest can run without can be taken away again. */
static int unregister_callback(struct vcpu *v, unsigned type)
{
    switch (type) {
    case CALLBACKTYPE_nmi:
        return set_nmi(v, 0);
    case CALLBACKTYPE_event:
    case CALLBACKTYPE_failsafe:
    case CALLBACKTYPE_syscall:
    case CALLBACKTYPE_syscall32:
    case CALLBACKTYPE_sysenter:
    case CALLBACKTYPE_sysenter_deprecated:
        return -EINVAL;
    default:
        return -ENOSYS;
    }
}

long hypercall_callback_op(uint64_t op, uint64_t arg)
{
    struct callback_register reg;
    struct callback_unregister unreg;

    switch ((uint32_t)op) {
    case CALLBACKOP_register:
        if (guest_get(&reg, arg))
            return -EFAULT;
        return register_callback(current, reg.type, reg.address,
                                 reg.flags & CALLBACKF_mask_events);
    case CALLBACKOP_unregister:
        if (guest_get(&unreg, arg))
            return -EFAULT;
        return unregister_callback(current, unreg.type);
    default:
        return hypercall_unknown("callback_op", op);
    }
}

/* The older way to register a handler. */
long hypercall_nmi_op(uint64_t op, uint64_t arg)
{
    struct xennmi_callback c;

    switch ((uint32_t)op) {
    case XENNMI_register_callback:
        if (guest_get(&c, arg))
            return -EFAULT;
        return register_callback(current, CALLBACKTYPE_nmi, c.handler_address,
                                 false);
    case XENNMI_unregister_callback:
        return unregister_callback(current, CALLBACKTYPE_nmi);
    default:
        return hypercall_unknown("nmi_op", op);
    }
}

long hypercall_fpu_taskswitch(uint64_t set)
{
    pv_set_task_switched(current, (uint32_t)set);
    return 0;
}

long hypercall_set_debugreg(uint64_t reg, uint64_t value)
{
    return pv_set_debugreg(current, (unsigned)MIN(reg, 8UL), value);
}

long hypercall_get_debugreg(uint64_t reg)
{
    uint64_t value;
    int rc = pv_get_debugreg(current, (unsigned)MIN(reg, 8UL), &value);

    return rc ? rc : (long)value;
}

long hypercall_update_descriptor(uint64_t maddr, uint64_t desc)
{
    return pv_update_descriptor(maddr, desc);
}

long hypercall_set_segment_base(uint64_t which, uint64_t base)
{
    return pv_set_segment_base((uint32_t)which, base);
}

long hypercall_vm_assist(uint64_t cmd, uint64_t type)
{
    struct domain *d = current_domain;
    uint64_t bit;

    if ((uint32_t)type > 63 || !(VM_ASSIST_KNOWN >> (uint32_t)type & 1))
        return -EINVAL;
    bit = 1UL << (uint32_t)type;
    switch ((uint32_t)cmd) {
    case VMASST_CMD_enable:
        __atomic_or_fetch(&d->vm_assist, bit, __ATOMIC_RELAXED);
        break;
    case VMASST_CMD_disable:
        __atomic_and_fetch(&d->vm_assist, ~bit, __ATOMIC_RELAXED);
        break;
    default:
        return -ENOSYS;
    }
    if ((uint32_t)type == VMASST_TYPE_architectural_iopl)
        pv_update_entries(d);
    return 0;
}
