/*
 * pv/mmuext.c - pinning, base pointers, flushes. Layer: pv.
 */
#include "pv/restart.h"
#include "lib/string.h"
#include "mm/alloc.h"
#include "mm/map.h"
#include "pv/mmu_internal.h"

static int pin(struct domain *d, uint64_t n, uint64_t type)
{
    struct frame *f = frame_of(mfn(n));
    int rc = frame_get_type(d, mfn(n), type);

    if (rc)
        return rc;
    /* Whoever takes the domain apart does not look at pages of ours. */
    if (READ_ONCE(f->ref) & REF_SHARED) {
        frame_put_type(mfn(n));
        return -EINVAL;
    }
    if (__atomic_fetch_or(&f->type, TYPE_PINNED, __ATOMIC_SEQ_CST) &
        TYPE_PINNED) {
        frame_put_type(mfn(n));
        return -EINVAL;
    }
    /* Whoever takes the domain apart finds it, or we see that he is about to.
     */
    if (unlikely(READ_ONCE(d->dying)))
        (void)pv_unpin(mfn(n));
    return 0;
}

bool pv_unpin(mfn_t m)
{
    if (!(__atomic_fetch_and(&frame_of(m)->type, ~TYPE_PINNED,
                             __ATOMIC_ACQ_REL) &
          TYPE_PINNED))
        return false;
    frame_put_type(m);
    return true;
}

static int unpin(struct domain *d, uint64_t n)
{
    int rc;

    if (!table_hold(d, mfn(n)))
        return -EINVAL;
    rc = pv_unpin(mfn(n)) ? 0 : -EINVAL;
    frame_put_type(mfn(n));
    return rc;
}

static void load_cr3(struct vcpu *v)
{
    tlb_load_cr3(in_kernel_mode(v) ? v->entry.kernel_cr3 : v->entry.user_cr3);
}

static void show_m2p(uint64_t n)
{
    uint64_t *l4 = frame_map(mfn(n));

    map_show_m2p(l4);
    frame_unmap(l4);
}

int pv_new_baseptr(struct vcpu *v, uint64_t n)
{
    uint64_t old = v->kernel_l4;
    int rc;

    if (unlikely(n == old)) {
        if (v == current)
            tlb_flush_local(); /* as a move to CR3 does */
        return 0;
    }
    rc = frame_get_type(v->domain, mfn(n), FRAME_L4);
    if (rc)
        return rc;
    show_m2p(n);
    pv_invalidate_ldt(v);
    v->kernel_l4 = n;
    v->entry.kernel_cr3 = n << PAGE_SHIFT;
    if (v == current)
        load_cr3(v);
    pv_isolation_new_l4(v, true);
    if (old)
        frame_put_type(mfn(old));
    return 0;
}

int pv_new_user_baseptr(struct vcpu *v, uint64_t n)
{
    uint64_t old = v->user_l4;
    int rc;

    if (n == old)
        return 0;
    rc = n ? frame_get_type(v->domain, mfn(n), FRAME_L4) : 0;
    if (rc)
        return rc;
    v->user_l4 = n;
    v->entry.user_cr3 = n << PAGE_SHIFT;
    pv_isolation_new_l4(v, false);
    if (old)
        frame_put_type(mfn(old));
    return 0;
}

cpu_mask_t pv_cpus_of(const struct domain *d, uint32_t vcpus)
{
    cpu_mask_t mask = 0;

    for (; vcpus; vcpus &= vcpus - 1) {
        unsigned id = (unsigned)__builtin_ctz(vcpus);
        const struct vcpu *v = id < d->vcpu_count ? d->vcpu[id] : NULL;
        const struct cpu *cpu = v ? READ_ONCE(v->sched.state_cpu) : NULL;

        if (cpu)
            mask |= cpu_bit(cpu);
    }
    return mask;
}

int pv_read_vcpu_mask(const struct domain *d, uint64_t address, uint32_t *vcpus)
{
    _Static_assert(VCPUS_MAX <= 32, "mask");
    *vcpus = 0;
    return guest_read(vcpus, guest_ptr(address),
                      DIV_ROUND_UP(d->vcpu_count, 8U));
}

static cpu_mask_t cpus_of_all(const struct domain *d)
{
    return pv_cpus_of(d, ~0U);
}

static int flush_multi(struct domain *d, const struct mmuext_op *op)
{
    uint32_t vcpus;

    if (pv_read_vcpu_mask(d, guest_handle_address(op->arg2.vcpumask), &vcpus))
        return -EINVAL;
    if (op->cmd == MMUEXT_INVLPG_MULTI)
        pv_flush_page(pv_cpus_of(d, vcpus), op->arg1.linear_addr);
    else
        tlb_flush_cpus(pv_cpus_of(d, vcpus));
    return 0;
}

/* Only makes sense for those who may map device memory. */
static int flush_cache(struct domain *d, int refusal)
{
    if (!d->has_io)
        return refusal;
    wbinvd();
    return 0;
}

static int clear_page(struct domain *d, uint64_t n)
{
    int rc = frame_get_type(d, mfn(n), FRAME_WRITABLE);

    if (rc)
        return rc;
    frame_clear(mfn(n));
    frame_put_type(mfn(n));
    return 0;
}

static int copy_page(struct domain *d, uint64_t to, uint64_t from)
{
    void *src, *dst;
    int rc;

    if (!mfn_is_ram(mfn(from)) ||
        !frame_get(frame_of(mfn_nospec(mfn(from))), d->id))
        return -EINVAL;
    rc = frame_get_type(d, mfn(to), FRAME_WRITABLE);
    if (!rc) {
        src = frame_map(mfn(from));
        dst = frame_map(mfn(to));
        memcpy(dst, src, PAGE_SIZE);
        frame_unmap(dst);
        frame_unmap(src);
        frame_put_type(mfn(to));
    }
    frame_put(frame_of(mfn(from)));
    return rc;
}

/* Operations on tables of d, which is the caller's own or a foreign domain. */
static int table_op(struct domain *d, const struct mmuext_op *op)
{
    switch (op->cmd) {
    case MMUEXT_PIN_L1_TABLE:
        return pin(d, op->arg1.mfn, FRAME_L1);
    case MMUEXT_PIN_L2_TABLE:
        return pin(d, op->arg1.mfn, FRAME_L2);
    case MMUEXT_PIN_L3_TABLE:
        return pin(d, op->arg1.mfn, FRAME_L3);
    case MMUEXT_PIN_L4_TABLE:
        return pin(d, op->arg1.mfn, FRAME_L4);
    case MMUEXT_UNPIN_TABLE:
        return unpin(d, op->arg1.mfn);
    case MMUEXT_CLEAR_PAGE:
        return clear_page(d, op->arg1.mfn);
    case MMUEXT_COPY_PAGE:
        return copy_page(d, op->arg1.mfn, op->arg2.src_mfn);
    default:
        return -ENOSYS;
    }
}

/* Operations on the calling vcpu. */
static int vcpu_op(struct vcpu *v, const struct mmuext_op *op)
{
    switch (op->cmd) {
    case MMUEXT_NEW_BASEPTR:
        return pv_new_baseptr(v, op->arg1.mfn);
    case MMUEXT_NEW_USER_BASEPTR:
        return pv_new_user_baseptr(v, op->arg1.mfn);
    case MMUEXT_TLB_FLUSH_LOCAL:
        tlb_flush_local();
        return 0;
    case MMUEXT_TLB_FLUSH_MULTI:
    case MMUEXT_INVLPG_MULTI:
        return flush_multi(v->domain, op);
    case MMUEXT_INVLPG_LOCAL:
        pv_flush_page(cpu_bit(this_cpu()), op->arg1.linear_addr);
        return 0;
    case MMUEXT_INVLPG_ALL:
        pv_flush_page(cpus_of_all(v->domain), op->arg1.linear_addr);
        return 0;
    case MMUEXT_TLB_FLUSH_ALL:
        tlb_flush_cpus(cpus_of_all(v->domain));
        return 0;
    case MMUEXT_FLUSH_CACHE:
        return flush_cache(v->domain, -EACCES);
    case MMUEXT_FLUSH_CACHE_GLOBAL:
        return flush_cache(v->domain, -EINVAL);
    case MMUEXT_SET_LDT:
        return (int)pv_set_ldt(v, op->arg1.linear_addr, op->arg2.nr_ents);
    default:
        return -ENOSYS;
    }
}

static bool is_vcpu_op(unsigned cmd)
{
    return (cmd >= MMUEXT_NEW_BASEPTR && cmd <= MMUEXT_SET_LDT) ||
           cmd == MMUEXT_NEW_USER_BASEPTR || cmd == MMUEXT_FLUSH_CACHE_GLOBAL;
}

static int mmuext_one(struct domain *d, const struct mmuext_op *op)
{
    if (is_vcpu_op(op->cmd))
        return d == current_domain ? vcpu_op(current, op) : -EPERM;
    if (op->cmd == MMUEXT_MARK_SUPER || op->cmd == MMUEXT_UNMARK_SUPER)
        return -EOPNOTSUPP;
    if (op->cmd > MMUEXT_UNMARK_SUPER)
        return (int)hypercall_unknown("mmuext_op", op->cmd);
    return table_op(d, op);
}

static int mmuext_batch(struct domain *d, uint64_t ops, uint32_t count,
                        uint32_t *done)
{
    struct mmuext_op op;
    int rc = 0;

    while (*done < count) {
        rc = guest_get(&op, ops + *done * sizeof(op));
        if (!rc)
            rc = mmuext_one(d, &op);
        if (unlikely(rc))
            break;
        ++*done;
        if (*done < count && preempt_point())
            return -ERESTART;
    }
    return rc;
}

#define MMU_CONTINUED 0x80000000U

long pv_mmuext_op(uint64_t ops, uint32_t count, uint64_t done_ptr,
                  uint32_t foreigndom)
{
    bool self = foreigndom == DOMID_SELF;
    struct domain *d = current_domain;
    uint32_t before = 0, done = 0;
    int rc = 0;

    if (count & MMU_CONTINUED) {
        count &= ~MMU_CONTINUED;
        if (done_ptr && guest_get(&before, done_ptr))
            return -EFAULT;
    }
    if (!self && !(d = domain_get_foreign((domid_t)foreigndom, &rc)))
        return rc;
    rc = mmuext_batch(d, ops, count, &done);
    if (!self)
        domain_put(d);
    before += done;
    /* As in Xen, a number that cannot be told is no failure of the rest. */
    if (done_ptr && guest_put(done_ptr, &before) && rc == -ERESTART)
        return -EFAULT;
    if (rc != -ERESTART)
        return rc;
    return hypercall_continue(
        4, (uint64_t[]){ops + done * sizeof(struct mmuext_op),
                        (count - done) | MMU_CONTINUED, done_ptr, foreigndom});
}
