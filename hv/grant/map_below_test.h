/*
 * grant/map_below_test.h - what is below the room, on the host: for map_test.c.
 */
#ifndef GRANT_MAP_BELOW_TEST_H
#define GRANT_MAP_BELOW_TEST_H

/* ---- stand-ins: 16 frames; 0-7 are domain 0's, 8-15 domain 1's ---- */

#define FRAMES_COUNT 16
#define TABLE        4  /* domain 0's L1 table */
#define GRANTED      9  /* what domain 1 grants */
#define PINNED       11 /* a page table of domain 1: not writable */

uint64_t frame_limit = FRAMES_COUNT;
static struct frame records[FRAMES_COUNT];
static int readers[FRAMES_COUNT], writers[FRAMES_COUNT];
static char memory[FRAMES_COUNT][PAGE_SIZE] __aligned(4096);
static int allocations, flushes;
static const void *mapped;
static struct domain d[2];
static struct vcpu vcpu;

static void *test_map(mfn_t m)
{
    assert_true(m.n < FRAMES_COUNT);
    return memory[m.n];
}

static struct frame *test_record(mfn_t m)
{
    assert_true(m.n < FRAMES_COUNT);
    return &records[m.n];
}

static bool test_get(struct frame *f, domid_t owner)
{
    if (frame_owner(f) != owner)
        return false;
    readers[f - records]++;
    return true;
}

static void test_put(struct frame *f)
{
    readers[f - records]--;
}

int frame_get_type(struct domain *dom, mfn_t m, uint64_t type)
{
    assert_true(type == FRAME_WRITABLE);
    if (frame_owner(&records[m.n]) != dom->id || m.n == PINNED || m.n == TABLE)
        return -EINVAL;
    writers[m.n]++;
    return 0;
}

void frame_put_type(mfn_t m)
{
    writers[m.n]--;
}

static void count_pte(uint64_t pte, int change)
{
    if (pte & PTE_P)
        (pte & PTE_RW ? writers : readers)[pte_mfn(pte).n] += change;
}

/* One that is in use as writable already is joined. */
static bool writable_join(struct frame *f, domid_t owner)
{
    mfn_t m = mfn((uint64_t)(f - records));

    if (frame_owner(f) != owner || !writers[m.n])
        return false;
    writers[m.n]++;
    return true;
}

static void type_leave(struct frame *f)
{
    writers[f - records]--;
}

/* Addresses from 2 MiB to 4 MiB are mapped by TABLE, which is all the tables
 * there are. */
static bool pv_l1_open(struct l1_table *t, vaddr_t va)
{
    t->is_open = va >> 21 == 1;
    return t->is_open;
}

static bool pv_l1_open_frame(struct l1_table *t, mfn_t m)
{
    t->is_open = m.n == TABLE;
    return t->is_open;
}

static void pv_l1_close(struct l1_table *t)
{
    t->is_open = false;
}

static uint64_t *test_slot(const struct l1_table *t, unsigned index)
{
    assert_true(t->is_open);
    return (uint64_t *)test_map(mfn(TABLE)) + index;
}

static uint64_t pv_l1_read(const struct l1_table *t, unsigned index)
{
    return *test_slot(t, index);
}

static int pv_l1_set(const struct l1_table *t, domid_t owner, unsigned index,
                     uint64_t pte)
{
    uint64_t *slot = test_slot(t, index);

    assert_ptr_equal(running->domain, &d[0]);
    assert_int_equal(frame_owner(&records[pte_mfn(pte).n]), owner);
    if (pte & PTE_RW && pte_mfn(pte).n == PINNED)
        return -EINVAL;
    count_pte(pte, 1);
    count_pte(*slot, -1);
    *slot = pte;
    return 0;
}

static int pv_l1_replace(const struct l1_table *t, unsigned index,
                         uint64_t expected, uint64_t pte)
{
    uint64_t *slot = test_slot(t, index);

    assert_true(*slot == expected);
    count_pte(pte, 1);
    count_pte(*slot, -1);
    *slot = pte;
    return 0;
}

void *pages_alloc(unsigned order)
{
    allocations++;
    return calloc(1, PAGE_SIZE << order);
}

void pages_free(void *p, unsigned order)
{
    (void)order;
    allocations -= !!p;
    free(p);
}

/* As if it came with the domain. */
void *domain_part_alloc(struct domain *dom, size_t bytes)
{
    static uint64_t parts[2][512];

    assert_true(bytes <= sizeof(parts[0]));
    return memset(parts[dom->id], 0, bytes);
}

bool domain_shared_page_is_mapped(const void *page)
{
    return page == mapped;
}

void *domain_shared_page_alloc(struct domain *dom)
{
    (void)dom;
    return pages_alloc(0);
}

void domain_shared_page_free(void *page)
{
    pages_free(page, 0);
}

struct domain *domain_get(domid_t id)
{
    if (id > 1)
        return NULL;
    d[id].refs++;
    return &d[id];
}

bool domain_ref(struct domain *dom)
{
    dom->refs++;
    return true;
}

void domain_put(struct domain *dom)
{
    dom->refs--;
}

struct domain *domain_get_target(domid_t id, int *error)
{
    if (id != DOMID_SELF && id != running->domain->id &&
        !running->domain->privileged) {
        *error = -EPERM;
        return NULL;
    }
    *error = -ESRCH;
    return domain_get(id == DOMID_SELF ? running->domain->id : id);
}

int guest_read(void *dst, const void GUEST *src, size_t bytes)
{
    if (!src)
        return -EFAULT;
    memcpy(dst, src, bytes);
    return 0;
}

int guest_write(void GUEST *dst, const void *src, size_t bytes)
{
    if (!dst)
        return -EFAULT;
    memcpy(dst, src, bytes);
    return 0;
}

uint32_t tlb_clock;
void tlb_flush_stamp(uint32_t stamp)
{
    (void)stamp;
    flushes++;
}

bool preempt_point(void)
{
    return false;
}

void cpu_relax(void)
{
    fail_msg("a deadlock");
}

#endif
