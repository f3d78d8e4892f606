/*
 * cpus.c - starts the vcpus behind the first one; see thread.h. They share its
 * page tables. Source: xen/public/vcpu.h, docs/misc/xenstore-paths of Xen.
 */
#include <errno.h>

#include "lib/format.h"
#include "lib/string.h"
#include "mm/heap.h"
#include "mm/pages.h"
#include "sched/fpu.h"
#include "sched/thread_internal.h"
#include "xen/console.h"
#include "xen/hypercall.h"
#include "xen/shared.h"
#include "xen/store.h"
#include "xen/traps.h"

extern char uk_cpu_entry[];
noreturn_ void sched_start_here(void);

/* Where entry.S goes to. */
noreturn_ void sched_start_here(void)
{
    fpu_init();
    kernel_lock();
    sched_idle_on();
}

/* A vcpu's, which never ends, and whose stack is the vcpu's first. */
static bool make_idler(struct percpu *p)
{
    enum { SAVED_BY_SWITCH = 6 };
    struct thread *t = thread_alloc();
    uint64_t *top;

    if (!t)
        return false;
    fpu_save(t->fpu);
    t->signal_mask = ~0UL;
    top = (uint64_t *)(void *)t->kstack_top - 2;
    *top = (uintptr_t)sched_idle_on;
    t->kernel_sp = (uintptr_t)(top - SAVED_BY_SWITCH);
    p->idler = t;
    return true;
}

static long start(struct percpu *p, struct vcpu_guest_context *c)
{
    long error;

    p->current = p->idler;
    p->idler->on = p;
    p->kstack_top = p->idler->kstack_top;
    memset(c, 0, sizeof(*c));
    traps_fill(c);
    c->flags = VGCF_IN_KERNEL;
    c->user_regs.rip = (uintptr_t)uk_cpu_entry;
    c->user_regs.rsp = c->kernel_sp = (uintptr_t)p->kstack_top;
    c->user_regs.cs = FLAT_KERNEL_CS;
    c->user_regs.ss = FLAT_KERNEL_SS;
    c->user_regs.rflags = 2;
    c->kernel_ss = FLAT_KERNEL_SS;
    c->ctrlreg[3] = shared_info()->arch.p2m_cr3;
    c->gs_base_kernel = (uintptr_t)p;
    error = xen_vcpu_op(VCPUOP_initialise, p->id, c);
    if (error)
        return error;
    shared_place_info(p);
    cpus_add(p);
    sched_bind_events(p);
    return xen_vcpu_op(VCPUOP_up, p->id, NULL);
}

static struct percpu *percpu_create(uint32_t id)
{
    struct percpu *p = heap_alloc(PERCPU_ALIGN);

    if (!p)
        return NULL;
    p->self = p;
    p->id = id;
    p->mfn = pages_mfn_place(direct_frame(p));
    if (make_idler(p))
        return p;
    heap_free(p, PERCPU_ALIGN);
    return NULL;
}

/* The domain may have more than it is to use. */
static bool is_there(uint32_t id)
{
    char path[32];

    if (id >= CPUS_MOST || xen_vcpu_op(VCPUOP_is_up, id, NULL) < 0)
        return false;
    format_text(path, sizeof(path), "cpu/%u/availability", id);
    return strcmp(store_read(path), "offline") != 0;
}

void sched_start_others(void)
{
    struct vcpu_guest_context *c;
    struct percpu *p;
    long error = 0;

    if (!is_there(1) || !make_idler(percpu()))
        return;
    cpus_begin();
    cpu_bind_kick(percpu());
    c = heap_alloc(sizeof(*c));
    for (uint32_t id = 1; c && !error && is_there(id); id++) {
        p = percpu_create(id);
        error = p ? start(p, c) : -ENOMEM;
    }
    if (error)
        console_print("vcpus: only %u, error %ld\n", cpus_count(), error);
    heap_free(c, sizeof(*c));
}
