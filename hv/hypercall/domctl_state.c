/*
 * hypercall/domctl_state.c - what of a vcpu's state has no place in its
 * context: more callbacks, extended registers, MSRs; and the log of dirty
 * pages, which there is none of. Layer: hypercall. Given and taken while the
 * whole domain stands still.
 */
#include "cpu/fpu.h"
#include "hypercall/domctl.h"
#include "lib/string.h"
#include "mm/alloc.h"
#include "pv/cpuid.h"
#include "pv/pv.h"
#include "pv/switch.h"

static void stop(struct vcpu *v)
{
    domain_pause_and_wait(v->domain);
    pv_forget_vcpu(v);
}

/* ---- callbacks ---- */

/* Banks and abilities of machine checks as Xen's guests have them. */
#define MCG_CAPS (0xffUL | 1UL << 11 | 1UL << 24 | 1UL << 27)

/* The caller's own vcpus are none here, as in Xen. */
static struct vcpu *find_other(const struct domain *d, uint32_t id)
{
    return d == current_domain ? NULL : domctl_find_vcpu(d, id);
}

int domctl_get_ext_context(struct domain *d, struct xen_domctl *op)
{
    struct xen_domctl_ext_vcpucontext *c = &op->u.ext_vcpucontext;
    const struct vcpu *v = find_other(d, c->vcpu);

    if (!v)
        return -ESRCH;
    *c = (struct xen_domctl_ext_vcpucontext){
        .vcpu = c->vcpu,
        .size = sizeof(*c),
    };
    domain_pause_and_wait(d);
    c->syscall32_callback_eip = v->syscall32.ip;
    c->syscall32_disables_events = v->syscall32.masks_events;
    c->sysenter_callback_eip = v->sysenter.ip;
    c->sysenter_disables_events = v->sysenter.masks_events;
    domain_unpause(d);
    return 0;
}

/* Guests have no machine checks: what is said of them is checked and left. */
int domctl_set_ext_context(struct domain *d, struct xen_domctl *op)
{
    const struct xen_domctl_ext_vcpucontext *c = &op->u.ext_vcpucontext;
    struct vcpu *v = find_other(d, c->vcpu);

    if (!v)
        return -ESRCH;
    if (c->size < offsetof(struct xen_domctl_ext_vcpucontext, mcg_cap) ||
        !addr_is_canonical(c->syscall32_callback_eip) ||
        !addr_is_canonical(c->sysenter_callback_eip))
        return -EINVAL;
    if (c->size >= offsetof(struct xen_domctl_ext_vcpucontext, mcg_cap) +
                       sizeof(c->mcg_cap) &&
        c->mcg_cap & ~MCG_CAPS)
        return -EINVAL;
    domain_pause_and_wait(d);
    v->syscall32 = (struct callback){c->syscall32_callback_eip,
                                     c->syscall32_disables_events != 0};
    v->sysenter = (struct callback){c->sysenter_callback_eip,
                                    c->sysenter_disables_events != 0};
    pv_update_entry(v);
    domain_unpause(d);
    return 0;
}

/* ---- extended registers ---- */

/* In front of them: XCR0, and what it ever was, which is no more for us. */
struct extstate_header {
    uint64_t xcr0, accumulated;
};

#define HEADER sizeof(struct extstate_header)

static uint64_t extstate_bytes(uint64_t xcr0)
{
    return HEADER + (xcr0 ? xstate_bytes(&fpu_layout, xcr0) : 0);
}

/* A vcpu that never used XSAVE has nothing that is not in its context. */
static uint64_t xcr0_of(const struct vcpu *v)
{
    bool used =
        v->control.cr4 & CR4_OSXSAVE || v->control.xcr0 != FPU_XCR0_INITIAL;

    return fpu_layout.allowed && used ? v->control.xcr0 : 0;
}

static int put_image(uint64_t to, uint64_t xcr0, const struct xsave_area *image,
                     uint64_t *size)
{
    struct extstate_header header = {xcr0, xcr0};
    uint64_t bytes = extstate_bytes(xcr0);

    if (*size < bytes)
        return -EINVAL;
    if (guest_put(to, &header) ||
        guest_write(guest_ptr(to + HEADER), image, bytes - HEADER))
        return -EFAULT;
    *size = bytes;
    return 0;
}

static int put_extstate(uint64_t to, struct vcpu *v, uint64_t *size)
{
    struct xsave_area *image = pages_alloc(0);
    uint64_t xcr0;
    int rc;

    if (!image)
        return -ENOMEM;
    stop(v);
    xcr0 = xcr0_of(v);
    fpu_get_state(v->fpu, image);
    domain_unpause(v->domain);
    rc = put_image(to, xcr0, image, size);
    pages_free(image, 0);
    return rc;
}

/* Without a place: of which components, and how long it is at most. */
int domctl_get_extstate(struct domain *d, struct xen_domctl *op)
{
    struct xen_domctl_vcpuextstate *x = &op->u.vcpuextstate;
    uint64_t to = guest_handle_address(x->buffer);
    struct vcpu *v = domctl_find_vcpu(d, x->vcpu);

    if (!v)
        return -ESRCH;
    if (d == current_domain)
        return -EINVAL;
    if ((!x->size && !x->xfeature_mask) || !to) {
        x->xfeature_mask = fpu_layout.allowed;
        x->size = extstate_bytes(fpu_layout.allowed);
        return 0;
    }
    if (x->xfeature_mask != fpu_layout.allowed)
        return -EINVAL;
    return put_extstate(to, v, &x->size);
}

static int check_image(const struct domain *d, const struct extstate_header *h,
                       const struct xsave_area *image)
{
    struct xstate_layout layout = fpu_layout;
    uint64_t header[XSTATE_HEADER_BYTES / 8];

    layout.allowed = cpuid_xcr0(d);
    memcpy(header, (const char *)image + XSTATE_LEGACY_BYTES, sizeof(header));
    return xstate_check(&layout, h->xcr0, h->accumulated, header);
}

/* The image is in memory of our own: nobody changes it any more. */
static void take_image(struct vcpu *v, uint64_t xcr0, struct xsave_area *image)
{
    image->xstate_bv &= xcr0;
    stop(v);
    *v->fpu = *image;
    v->control.xcr0 = xcr0 | XSTATE_SSE;
    domain_unpause(v->domain);
}

static int set_extstate(struct vcpu *v, const struct extstate_header *h,
                        uint64_t from, uint64_t bytes)
{
    struct xsave_area *image = pages_alloc(0);
    int rc;

    if (!image)
        return -ENOMEM;
    rc = guest_read(image, guest_ptr(from), bytes)
             ? -EFAULT
             : check_image(v->domain, h, image);
    if (!rc)
        take_image(v, h->xcr0, image);
    pages_free(image, 0);
    return rc;
}

int domctl_set_extstate(struct domain *d, struct xen_domctl *op)
{
    const struct xen_domctl_vcpuextstate *x = &op->u.vcpuextstate;
    uint64_t from = guest_handle_address(x->buffer);
    struct vcpu *v = domctl_find_vcpu(d, x->vcpu);
    struct extstate_header h;

    if (!v)
        return -ESRCH;
    if (d == current_domain || x->size < HEADER ||
        x->size > extstate_bytes(fpu_layout.allowed))
        return -EINVAL;
    if (guest_get(&h, from))
        return -EFAULT;
    if (x->size != extstate_bytes(h.accumulated) || (!h.accumulated && h.xcr0))
        return -EINVAL;
    if (!h.accumulated)
        return 0;
    return set_extstate(v, &h, from + HEADER, x->size - HEADER);
}

/* ---- MSRs ---- */

#define MSRS_MAX                7 /* as many as Xen's */
#define MSR_MISC_FEATURE_ENABLE 0x140U

/* All that a vcpu has of its own, if it is not zero. */
int domctl_get_msrs(struct domain *d, struct xen_domctl *op)
{
    struct xen_domctl_vcpu_msrs *m = &op->u.vcpu_msrs;
    struct xen_domctl_vcpu_msr msr = {.index = MSR_TSC_AUX};
    uint64_t to = guest_handle_address(m->msrs);
    const struct vcpu *v = domctl_find_vcpu(d, m->vcpu);
    uint32_t room = m->msr_count;

    if (!v)
        return -ESRCH;
    if (d == current_domain)
        return -EINVAL;
    if (!to) {
        m->msr_count = MSRS_MAX;
        return 0;
    }
    domain_pause_and_wait(d);
    msr.value = v->tsc_aux;
    domain_unpause(d);
    m->msr_count = msr.value != 0;
    if (!msr.value)
        return 0;
    if (!room)
        return -ENOBUFS;
    return guest_put(to, &msr) ? -EFAULT : 0;
}

static int set_msr(struct vcpu *v, const struct xen_domctl_vcpu_msr *msr)
{
    if (msr->reserved)
        return -EINVAL;
    if (msr->index == MSR_MISC_FEATURE_ENABLE)
        return msr->value ? -EINVAL : 0;
    if (msr->index != MSR_TSC_AUX || !cpuid_has_tsc_aux() || msr->value >> 32)
        return -EINVAL;
    stop(v);
    v->tsc_aux = (uint32_t)msr->value;
    domain_unpause(v->domain);
    return 0;
}

/* Up to the first that is refused, which is named. */
int domctl_set_msrs(struct domain *d, struct xen_domctl *op)
{
    struct xen_domctl_vcpu_msrs *m = &op->u.vcpu_msrs;
    uint64_t from = guest_handle_address(m->msrs);
    struct vcpu *v = domctl_find_vcpu(d, m->vcpu);
    struct xen_domctl_vcpu_msr msr;

    if (!v)
        return -ESRCH;
    if (d == current_domain || m->msr_count > MSRS_MAX)
        return -EINVAL;
    for (uint32_t i = 0; i < m->msr_count; i++) {
        int rc = guest_get(&msr, from + i * sizeof(msr)) ? -EFAULT
                                                         : set_msr(v, &msr);

        if (rc) {
            m->msr_count = i;
            return rc;
        }
    }
    return 0;
}

/* ---- dirty pages: as a Xen without shadow tables ---- */

int domctl_shadow(struct domain *d, struct xen_domctl *op)
{
    const struct xen_domctl_shadow_op *s = &op->u.shadow_op;

    if (d->dying)
        return 0;
    if (!d->vcpu[0])
        return -EINVAL;
    if (s->op == XEN_DOMCTL_SHADOW_OP_ENABLE_LOGDIRTY ||
        (s->op == XEN_DOMCTL_SHADOW_OP_ENABLE &&
         s->mode & XEN_DOMCTL_SHADOW_ENABLE_LOG_DIRTY))
        return -EOPNOTSUPP;
    return -EINVAL;
}
