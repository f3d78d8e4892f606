/*
 * loader/dom0.c - dom0 from its modules to its first instruction.
 * Layer: loader. Source: docs/abi.md, boot of a PV guest.
 */
#include "loader/dom0.h"
#include "abi/errno.h"
#include "evtchn/evtchn.h"
#include "lib/log.h"
#include "lib/printf.h"
#include "lib/string.h"
#include "loader/hypercall_page.h"
#include "mm/alloc.h"
#include "pv/pv.h"

static unsigned order_of(size_t bytes)
{
    unsigned order = 0;

    while (PAGE_SIZE << order < bytes)
        order++;
    return order;
}

/*
 * Scratch memory of its own if there is any; else the end of dom0's largest
 * late extent, which nothing is loaded to yet (checked against the layout).
 */
static void *buffer_alloc(struct dom0_build *b, size_t bytes)
{
    uint64_t frames = 1UL << order_of(bytes);
    mfn_t m;

    if (!bytes || order_of(bytes) > ALLOC_ORDER_MAX)
        return NULL;
    if (frames_alloc_any(order_of(bytes), &m))
        return mfn_to_virt(m);
    for (uint32_t i = b->extents; i-- > 0;) {
        struct dom0_extent *e = &b->extent[i];
        uint64_t usable = e->frames;

        if (b->scratch_pfn > e->pfn)
            usable = MIN(usable, b->scratch_pfn - e->pfn);
        if (usable < frames)
            continue;
        b->scratch_pfn = e->pfn + usable - frames;
        return mfn_to_virt(mfn(e->mfn + usable - frames));
    }
    return NULL;
}

static void buffer_free(void *p, size_t bytes)
{
    if (p && frame_owner(frame_of(virt_to_mfn(p))) == DOMID_XEN)
        frames_free(virt_to_mfn(p), order_of(bytes));
}

/* Buffers for unpacking; they are needed until the segments are copied. */
struct unpacked {
    struct kernel_source source;
    void *out;
    struct payload_arena arena;
};

static int unpack(struct dom0_build *b, struct unpacked *u, const char **error)
{
    const struct dom0_module *m = &b->config->kernel;
    const struct payload_needs *needs = &u->source.needs;
    int rc = kernel_probe(m->data, m->bytes, &u->source, error);

    if (rc)
        return rc;
    u->out = buffer_alloc(b, needs->out_bytes);
    u->arena.base = buffer_alloc(b, needs->arena_bytes);
    u->arena.bytes = needs->arena_bytes;
    if ((needs->out_bytes && !u->out) ||
        (needs->arena_bytes && !u->arena.base)) {
        *error = "there is not enough memory to unpack it";
        return -ENOMEM;
    }
    rc = kernel_parse(&u->source, u->out, needs->out_bytes, &u->arena,
                      &b->kernel, error);
    return rc ? rc : xen_notes_check_dom0(&b->kernel.notes, error);
}

static void unpack_end(struct unpacked *u)
{
    buffer_free(u->out, u->source.needs.out_bytes);
    buffer_free(u->arena.base, u->source.needs.arena_bytes);
}

static void copy_kernel(const struct dom0_build *b)
{
    const struct elf_image *elf = &b->kernel.elf;

    for (unsigned i = 0; i < elf->segments_count; i++) {
        const struct elf_segment *s = &elf->segments[i];
        uint64_t at = s->paddr - b->kernel.notes.paddr_offset;

        dom0_copy(b, at, s->data, s->file_bytes);
        dom0_copy(b, at + s->file_bytes, NULL, s->mem_bytes - s->file_bytes);
    }
}

static void fill_start_info(const struct dom0_build *b, struct start_info *si)
{
    const struct dom0_layout *l = &b->layout;

    str_copy(si->magic, "xen-3.0-x86_64p", sizeof(si->magic));
    si->nr_pages = l->nr_pages;
    si->shared_info = mfn_to_paddr(b->d->shared_info_mfn);
    si->flags = SIF_PRIVILEGED | SIF_INITDOMAIN;
    si->pt_base = l->tables.all.va;
    si->nr_pt_frames = l->tables.all.frames;
    si->mfn_list = l->p2m.va;
    /* As Xen tells it: behind the mapping begins what p2m frames there are. */
    si->first_p2m_pfn = l->mapped_frames;
    if (l->p2m_is_apart) {
        si->first_p2m_pfn = l->p2m.first.n;
        si->nr_p2m_frames = l->p2m.frames + l->p2m_tables.all.frames;
    }
    if (l->initrd.frames) {
        si->mod_len = l->initrd_bytes;
        si->mod_start = l->initrd_is_mapped ? l->initrd.va : l->initrd.first.n;
        if (!l->initrd_is_mapped)
            si->flags |= SIF_MOD_START_PFN;
    }
    str_copy((char *)si->cmd_line, b->config->cmdline, sizeof(si->cmd_line));
}

static void make_start_info(const struct dom0_build *b)
{
    uint64_t at = b->layout.start_info.first.n << PAGE_SHIFT;
    struct start_info si = {0};

    fill_start_info(b, &si);
    if (b->config->console_info) {
        si.console.dom0.info_off = sizeof(si);
        si.console.dom0.info_size = b->config->console_info_bytes;
        dom0_copy(b, at + sizeof(si), b->config->console_info,
                  b->config->console_info_bytes);
    }
    dom0_copy(b, at, &si, sizeof(si));
}

static void make_hypercall_page(const struct dom0_build *b)
{
    uint64_t at = b->kernel.notes.hypercall_page - b->layout.virt_base;
    void *page;

    if (!xen_notes_have(&b->kernel.notes, XEN_ELFNOTE_HYPERCALL_PAGE))
        return;
    page = frame_map(dom0_pfn_to_mfn(b, at >> PAGE_SHIFT));
    hypercall_page_fill(page);
    frame_unmap(page);
}

static void start_vcpu(const struct dom0_build *b, struct vcpu *v)
{
    const struct dom0_layout *l = &b->layout;
    struct stack_top *top =
        (struct stack_top *)((uint8_t *)v->stack + STACK_SIZE) - 1;
    struct cpu_regs *regs = (struct cpu_regs *)top - 1;

    regs->rip = b->kernel.notes.entry;
    regs->rsp = l->stack_end;
    regs->rsi = l->start_info.va;
    regs->cs = SEL_GUEST_CS;
    regs->ss = SEL_GUEST_SS;
    regs->rflags = X86_EFLAGS_IF | X86_EFLAGS_MBS;
    v->entry.mode = MODE_KERNEL;
    v->entry.kernel_sp = l->stack_end & ~15UL;
    v->entry.kernel_ss = SEL_GUEST_SS;
    v->initialised = true;
    v->down = false;
}

static const char *give_tables(struct dom0_build *b, struct vcpu *v)
{
    mfn_t l4 = dom0_pfn_to_mfn(b, b->layout.tables.l4.n);
    int rc = pv_new_baseptr(v, l4.n);

    if (rc)
        return "its first page tables were not accepted";
    frame_get_type(b->d, l4, FRAME_L4);
    __atomic_or_fetch(&frame_of(l4)->type, TYPE_PINNED, __ATOMIC_RELAXED);
    return NULL;
}

static const char *create_domain(struct dom0_build *b)
{
    const struct dom0_config *c = b->config;
    int rc;

    b->d = domain_create(0, c->vcpus, true, &rc);
    if (!b->d)
        return "there is not enough memory for dom0 itself";
    b->d->max_pages = MAX(c->max_pages, c->pages);
    for (uint32_t i = 0; i < c->vcpus; i++)
        if (!vcpu_create(b->d, i))
            return "there is not enough memory for its vcpus";
    b->scratch_pfn = c->pages;
    return dom0_alloc_memory(b)
               ? NULL
               : "dom0_mem does not fit into the machine's memory";
}

static const char *fill_domain(struct dom0_build *b)
{
    const struct dom0_module *initrd = &b->config->initrd;

    if (b->layout.used_frames > b->scratch_pfn)
        return "dom0_mem is too small to unpack it";
    copy_kernel(b);
    make_hypercall_page(b);
    if (initrd->data)
        dom0_copy(b, b->layout.initrd.first.n << PAGE_SHIFT, initrd->data,
                  initrd->bytes);
    /* As Xen's: what XENVER_get_features says from the start. */
    if (!strncmp(b->kernel.notes.pae_mode, "yes", sizeof("yes")))
        b->d->vm_assist |= 1UL << VMASST_TYPE_pae_extended_cr3;
    dom0_make_tables(b);
    make_start_info(b);
    dom0_fill_m2p(b);
    start_vcpu(b, b->d->vcpu[0]);
    return give_tables(b, b->d->vcpu[0]);
}

static void report(const struct dom0_build *b, const struct unpacked *u)
{
    const struct dom0_layout *l = &b->layout;

    printk(XENLOG_INFO "Dom0 kernel: %s %s, %s, %#lx-%#lx\n",
           b->kernel.notes.guest_os, b->kernel.notes.guest_version,
           kernel_container_name(u->source.container),
           b->kernel.notes.kernel_start, b->kernel.notes.kernel_end);
    printk(XENLOG_INFO "Dom0 memory: %lu MiB, initrd %lu KiB at pfn %#lx\n",
           l->nr_pages >> 8, l->initrd_bytes >> 10, l->initrd.first.n);
}

struct domain *dom0_build(const struct dom0_config *config, const char **error)
{
    static struct dom0_build b __initdata;
    struct unpacked u = {0};

    b.config = config;
    *error = create_domain(&b);
    if (*error)
        return NULL;
    if (!unpack(&b, &u, error) &&
        !layout_compute(&b.kernel.notes,
                        config->initrd.data ? config->initrd.bytes : 0,
                        config->pages, &b.layout, error)) {
        *error = fill_domain(&b);
        report(&b, &u);
    }
    unpack_end(&u);
    if (*error)
        return NULL;
    dom0 = b.d;
    return b.d;
}
