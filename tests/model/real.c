/*
 * tests/model/real.c - lets the hypervisor's own code do what the model asks,
 * on a frame table, frames and CPUs of the model's.
 */
#include "fake.h"

#include "model.h"

#include "../../hv/domain/memory.c"
#include "../../hv/hypercall/memory_reservation.c"
#include "../../hv/pv/mmu.c"
#include "../../hv/pv/mmuext.c"
#include "../../hv/pv/table.c"
#include "../../hv/pv/type.c"

#define OTHER_DOMAIN 1
#define RECORDS      (FRAMES_ + 1) /* 0 is none: a base pointer of 0 is unset */
#define FREE_REF     ((uint64_t)DOMID_INVALID << REF_OWNER_SHIFT | REF_FREE)

static struct frame records[RECORDS];
uint64_t model_m2p[RECORDS];
struct cpu *model_cpu;
struct vcpu *model_vcpu;
uint64_t frame_limit = RECORDS;
uint32_t tlb_clock;

static uint64_t memory[RECORDS][PAGE_SIZE / 8] __aligned(4096);
static const unsigned slot_index[SLOTS] = {0, PTES - 1}; /* of two groups */
static struct cpu cpu[VCPUS];
static struct vcpu vcpu[VCPUS];
static struct domain domain[2];
static struct real *state;
static uint64_t wanted; /* the frame that the allocator gives */
static const char *complaint;

static void complain(const char *why)
{
    if (!complaint)
        complaint = why;
}

#include "stand_ins.h"

/* ---- numbers ---- */

static mfn_t number(unsigned frame)
{
    return mfn(frame + 1);
}

static uint64_t base_of(uint8_t frame)
{
    return frame == NOBODY ? 0 : number(frame).n;
}

static uint8_t base_to(uint64_t n)
{
    return n ? (uint8_t)(n - 1) : NOBODY;
}

static uint64_t entry_of(uint8_t e)
{
    if (!e)
        return 0;
    return pte_make(number(ENTRY_FRAME(e)),
                    PTE_P | PTE_US | PTE_A |
                        (ENTRY_WRITABLE(e) ? PTE_RW | PTE_D : 0));
}

static uint8_t entry_to(uint64_t pte)
{
    if (!(pte & PTE_P))
        return ENTRY_NONE;
    return ENTRY((unsigned)pte_mfn(pte).n - 1, !!(pte & PTE_RW));
}

static struct frame *rec(unsigned frame)
{
    return &records[frame + 1];
}

/* ---- what may be cached ---- */

static bool is_used(const struct frame *f)
{
    return f->type & TYPE_VALID;
}

static unsigned type_number(const struct frame *f)
{
    uint64_t type = f->type & TYPE_MASK;

    return type == FRAME_WRITABLE ? T_WRITABLE : (unsigned)(type >> 60);
}

/* As what translations reach the frame now. */
static uint8_t reached(const struct frame *f)
{
    uint64_t plain = (f->ref & REF_COUNT) - !!(f->ref & REF_ALLOCATED) -
                     !!(f->type & TYPE_MASK);

    if (f->ref & REF_FREE)
        return 0;
    return (uint8_t)((is_used(f) ? CACHED(type_number(f)) : 0) |
                     (plain ? CACHED(T_NONE) : 0));
}

/* Translations as something else than what the frame is. A read-only one of a
 * frame that is still the domain's does no harm. */
static bool is_stale(const struct real *r, unsigned c, unsigned frame)
{
    const struct frame *f = rec(frame);

    return is_used(f) &&
           r->cached[c][frame] & ~(CACHED(type_number(f)) | CACHED(T_NONE));
}

static void full_flush(unsigned c)
{
    for (unsigned f = 0; f < FRAMES_; f++)
        state->cached[c][f] &= reached(rec(f));
}

void model_write_cr3(void)
{
    full_flush((unsigned)(model_cpu - cpu));
}

static void flush_cpu(unsigned c)
{
    cpu[c].flush_clock = ++tlb_clock;
    full_flush(c);
}

void tlb_flush_cpus(cpu_mask_t mask)
{
    for (unsigned c = 0; c < VCPUS; c++)
        if (mask & 1U << c)
            flush_cpu(c);
}

void tlb_flush_all(void)
{
    tlb_flush_cpus(~0UL);
}

/* Until the flush, nobody may use what is to be flushed for. */
void tlb_flush_stamp(uint32_t stamp)
{
    for (unsigned c = 0; c < VCPUS; c++) {
        for (unsigned f = 0; f < FRAMES_; f++)
            if (is_stale(state, c, f))
                complain("in use before the flush for it");
        if (tlb_is_stale(cpu[c].flush_clock, stamp))
            flush_cpu(c);
    }
}

/* ---- stand-ins ---- */

void *model_frames(void)
{
    return records;
}

void *model_map(mfn_t m)
{
    if (m.n >= RECORDS)
        complain("a frame that is no RAM is mapped");
    return memory[m.n < RECORDS ? m.n : 0];
}

int model_copy(void *dst, const void *src, size_t bytes)
{
    memcpy(dst, src, bytes);
    return 0;
}

int guest_read(void *dst, const void GUEST *src, size_t bytes)
{
    return model_copy(dst, (const void *)(uintptr_t)src, bytes);
}

int guest_write(void GUEST *dst, const void *src, size_t bytes)
{
    return model_copy((void *)(uintptr_t)dst, src, bytes);
}

bool frames_alloc(unsigned order, unsigned addr_bits, mfn_t *first)
{
    (void)order;
    (void)addr_bits;
    *first = mfn(wanted);
    tlb_flush_stamp(state->free_stamp);
    for (unsigned c = 0; c < VCPUS; c++)
        if (state->cached[c][wanted - 1])
            complain("reused before the flush");
    memset(memory[wanted], 0, PTES * sizeof(uint64_t));
    records[wanted] = (struct frame){(uint64_t)DOMID_XEN << REF_OWNER_SHIFT | 1,
                                     FRAME_NONE | state->free_stamp};
    return true;
}

void frames_free(mfn_t first, unsigned order)
{
    (void)order;
    state->free_stamp = tlb_stamp();
    records[first.n] = (struct frame){FREE_REF, 0};
    if (model_m2p[first.n] != M2P_INVALID)
        complain("freed with an entry in the M2P");
}

void frames_free_run(mfn_t first, uint64_t count)
{
    for (uint64_t i = 0; i < count; i++)
        frames_free(mfn_add(first, i), 0);
}

void frame_release(struct frame *f)
{
    if ((f->type & TYPE_MASK) || f->ref & REF_ALLOCATED)
        complain("freed while it is in use");
    domain_frame_released(f, frame_owner(f));
    frames_free(frame_mfn(f), 0);
}

void frame_clear(mfn_t m)
{
    memset(memory[m.n], 0, PTES * sizeof(uint64_t));
    memory[m.n][PTES - 1] = 0;
}

/* Nobody else is at work: what is waited for never comes. */
static _Noreturn void deadlock(void)
{
    extern _Noreturn void model_deadlock(void);

    model_deadlock();
}

void sched_wait(void)
{
    deadlock();
}

void cpu_relax(void)
{
    deadlock();
}

/* ---- doing it ---- */

static bool update(const struct op *op, uint64_t command, unsigned count,
                   uint32_t foreigndom)
{
    struct mmu_update u[2];
    uint32_t done;

    for (unsigned i = 0; i < count; i++) {
        u[i].ptr = mfn_to_paddr(number(op->frame)) + slot_index[op->slot] * 8 +
                   command;
        u[i].val = entry_of(op->value);
    }
    return !pv_mmu_update((uint64_t)u, count, (uint64_t)&done, foreigndom) &&
           done == count;
}

/* All doors to an entry: which one depends on the slot and the table. */
static bool set_entry(const struct op *op)
{
    mfn_t table = number(op->frame);
    unsigned index = slot_index[op->slot];
    bool is_l1 = is_used(rec(op->frame)) && type_number(rec(op->frame)) == 1;
    struct domain *d = &domain[0];

    if (op->slot)
        return is_l1 ? !pv_cmpxchg_l1(d, table, index, memory[table.n][index],
                                      entry_of(op->value))
                     : update(op, MMU_PT_UPDATE_PRESERVE_AD, 1, DOMID_SELF);
    if (is_l1 && ENTRY_WRITABLE(op->value))
        return !pv_update_l1(d, d, table, index, entry_of(op->value));
    return update(op, MMU_NORMAL_PT_UPDATE, 2, DOMID_SELF);
}

static bool mmuext(unsigned cmd, uint64_t arg, uint64_t arg2)
{
    struct mmuext_op op = {.cmd = cmd, .arg1.mfn = arg, .arg2.src_mfn = arg2};

    return !pv_mmuext_op((uint64_t)&op, 1, 0, DOMID_SELF);
}

static bool reservation(unsigned op, uint64_t n)
{
    struct xen_memory_reservation r = {.nr_extents = 1, .domid = DOMID_SELF};

    wanted = n;
    r.extent_start.p = &n;
    return memory_reservation_op(op, (uint64_t)&r) == 1;
}

static bool lose_race(const struct op *op)
{
    return !pv_cmpxchg_l1(&domain[0], number(op->frame), slot_index[op->slot],
                          ~0UL, entry_of(op->value));
}

static bool hold(unsigned frame, bool rw)
{
    return rw ? !frame_get_type(&domain[0], number(frame), FRAME_WRITABLE)
              : frame_get(rec(frame), 0);
}

static bool drop(unsigned frame, bool rw)
{
    if (rw)
        frame_put_type(number(frame));
    else
        frame_put(rec(frame));
    return true;
}

static bool act(const struct op *op)
{
    uint64_t n = base_of(op->frame);

    switch ((enum op_kind)op->kind) {
    case OP_SET:
        return set_entry(op);
    case OP_SET_FOREIGN:
        return update(op, MMU_NORMAL_PT_UPDATE, 1, OTHER_DOMAIN);
    case OP_SET_LOST:
        return lose_race(op);
    case OP_PIN:
        return mmuext(MMUEXT_PIN_L1_TABLE + op->value - 1U, n, 0);
    case OP_UNPIN:
        return mmuext(MMUEXT_UNPIN_TABLE, n, 0);
    case OP_BASE:
        return mmuext(MMUEXT_NEW_BASEPTR, n, 0);
    case OP_USER_BASE:
        return mmuext(MMUEXT_NEW_USER_BASEPTR, n, 0);
    case OP_HOLD_RO:
    case OP_HOLD_RW:
        return hold(op->frame, op->kind == OP_HOLD_RW);
    case OP_DROP_RO:
    case OP_DROP_RW:
        return drop(op->frame, op->kind == OP_DROP_RW);
    case OP_CLEAR:
        return mmuext(MMUEXT_CLEAR_PAGE, n, 0);
    case OP_COPY:
        return mmuext(MMUEXT_COPY_PAGE, n, number(op->value).n);
    case OP_DECREASE:
        return reservation(XENMEM_decrease_reservation, n);
    case OP_INCREASE:
        return reservation(XENMEM_increase_reservation, n);
    case OP_FLUSH:
        return mmuext(MMUEXT_TLB_FLUSH_LOCAL, 0, 0);
    case OP_FLUSH_ALL:
        return mmuext(MMUEXT_TLB_FLUSH_ALL, 0, 0);
    }
    return false;
}

/* ---- states ---- */

static uint64_t owned_frames(void)
{
    uint64_t n = 0;

    for (unsigned f = 0; f < OWN; f++)
        n += frame_owner(rec(f)) == 0;
    return n;
}

static void load(const struct model *m, struct real *r)
{
    state = r;
    complaint = NULL;
    tlb_clock = r->clock;
    for (unsigned f = 0; f < FRAMES_; f++) {
        *rec(f) = (struct frame){r->frame[f].ref, r->frame[f].type};
        model_m2p[f + 1] = r->frame[f].ref & REF_FREE ? M2P_INVALID : f;
        for (unsigned i = 0; i < SLOTS; i++)
            memory[f + 1][slot_index[i]] = entry_of(m->slot[f][i]);
    }
    for (unsigned v = 0; v < VCPUS; v++) {
        cpu[v].flush_clock = r->flush_clock[v];
        vcpu[v].kernel_l4 = base_of(m->kernel_base[v]);
        vcpu[v].user_l4 = base_of(m->user_base[v]);
    }
    domain[0].pages = owned_frames();
}

/* Only the order of clocks matters: small numbers, so that equal states are
 * equal. 5 is now; a stamp is before, between or after the CPUs' flushes. */
static uint32_t stamp_class(const uint32_t *flushed, uint32_t stamp)
{
    unsigned stale = 0;

    for (unsigned c = 0; c < VCPUS; c++)
        stale += tlb_is_stale(flushed[c], stamp);
    return stale == 0 ? 1 : stale == VCPUS ? 5 : 3;
}

static void normalise(struct real *r)
{
    uint32_t flushed[VCPUS] = {cpu[0].flush_clock, cpu[1].flush_clock};

    for (unsigned f = 0; f < FRAMES_; f++) {
        uint64_t *type = &r->frame[f].type;

        if (!(*type & TYPE_MASK))
            *type = (*type & TYPE_FORMER_MASK)
                        ? (*type & TYPE_FORMER_MASK) |
                              stamp_class(flushed, (uint32_t)*type)
                        : 0;
    }
    r->free_stamp = stamp_class(flushed, r->free_stamp);
    r->flush_clock[0] = flushed[0] > flushed[1] ? 4 : 2;
    r->flush_clock[1] = flushed[1] > flushed[0] ? 4 : 2;
    r->clock = 5;
}

static void store(struct model *m, struct real *r)
{
    for (unsigned f = 0; f < FRAMES_; f++) {
        r->frame[f].ref = rec(f)->ref;
        r->frame[f].type = rec(f)->type;
        m->allocated[f] = rec(f)->ref & REF_ALLOCATED;
        m->pin[f] =
            rec(f)->type & TYPE_PINNED ? (uint8_t)type_number(rec(f)) : 0;
        for (unsigned i = 0; i < SLOTS; i++)
            m->slot[f][i] = entry_to(memory[f + 1][slot_index[i]]);
    }
    for (unsigned v = 0; v < VCPUS; v++) {
        m->kernel_base[v] = base_to(vcpu[v].kernel_l4);
        m->user_base[v] = base_to(vcpu[v].user_l4);
    }
}

/* After each step: nothing stale, and what is reached now may be cached. */
static void watch(struct real *r)
{
    for (unsigned c = 0; c < VCPUS; c++)
        for (unsigned f = 0; f < FRAMES_; f++) {
            if (is_stale(r, c, f))
                complain("a stale translation of another type");
            r->cached[c][f] |= reached(rec(f));
        }
    if (domain[0].pages != owned_frames())
        complain("the domain's count of frames");
}

/* Memory may not change while a CPU may walk it as a table. */
static void watch_content(const struct real *r, const struct model *before,
                          const struct model *m)
{
    for (unsigned f = 0; f < FRAMES_; f++) {
        bool is_table = is_used(rec(f)) && type_number(rec(f)) <= T_L4;

        if (is_table || !memcmp(before->slot[f], m->slot[f], SLOTS))
            continue;
        for (unsigned c = 0; c < VCPUS; c++)
            if (r->cached[c][f] & ~(CACHED(T_WRITABLE) | CACHED(T_NONE)))
                complain("written while it may be walked");
    }
}

bool real_apply(struct model *m, struct real *r, const struct op *op)
{
    struct model before = *m;
    bool done;

    load(m, r);
    model_vcpu = &vcpu[op->vcpu];
    model_cpu = &cpu[op->vcpu];
    done = act(op);
    store(m, r);
    if (done && op->kind >= OP_HOLD_RO && op->kind <= OP_DROP_RW) {
        bool *held = op->kind <= OP_DROP_RO ? m->held_ro : m->held_rw;

        held[op->frame] = op->kind == OP_HOLD_RO || op->kind == OP_HOLD_RW;
    }
    watch_content(r, &before, m);
    watch(r);
    normalise(r);
    return done;
}

const char *real_complaint(void)
{
    return complaint;
}

void real_begin(struct model *m, struct real *r)
{
    *m = (struct model){0};
    *r = (struct real){.flush_clock = {2, 2}, .clock = 5, .free_stamp = 1};
    for (unsigned v = 0; v < VCPUS; v++) {
        m->kernel_base[v] = m->user_base[v] = NOBODY;
        vcpu[v].domain = &domain[0];
        vcpu[v].sched.state_cpu = &cpu[v];
        cpu[v].id = v;
        domain[0].vcpu[v] = &vcpu[v];
        vcpu[v].entry.mode = MODE_KERNEL;
        vcpu[v].id = v;
    }
    for (unsigned f = 0; f < FRAMES_; f++) {
        m->allocated[f] = true;
        r->frame[f].ref =
            (f == FOREIGN ? 1UL << REF_OWNER_SHIFT : 0) | REF_ALLOCATED | 1;
    }
    domain[0].privileged = true;
    domain[0].vcpu_count = VCPUS;
    domain[0].max_pages = 1000;
    domain[1].id = OTHER_DOMAIN;
    records[0].ref = (uint64_t)DOMID_IO << REF_OWNER_SHIFT;
}
