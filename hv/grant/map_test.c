/*
 * The room as a whole on the host: one domain grants, another maps, unmaps and
 * copies. Its files are compiled here with stand-ins for what is below; a lock
 * that would spin is a deadlock, since there is one thread.
 */
/* link: hv/grant/entry_v2.c */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "grant/grant_internal.h"
#include "mm/alloc.h"
#include "mm/frame.h"
#include "mm/pte.h"
#include "mm/tlb.h"
#include "pv/pv.h"

static struct vcpu *running;

/* What is inline below this room. */
#define PV_HOLD_H
#define PV_L1_H
static bool writable_join(struct frame *f, domid_t owner);
static void type_leave(struct frame *f);
struct l1_table {
    bool is_open;
};
#define L1_NO_TABLE ((struct l1_table){false})
static bool pv_l1_open(struct l1_table *t, vaddr_t va);
static bool pv_l1_open_frame(struct l1_table *t, mfn_t m);
static void pv_l1_close(struct l1_table *t);
static int pv_l1_set(const struct l1_table *t, domid_t owner, unsigned index,
                     uint64_t pte);
static int pv_l1_replace(const struct l1_table *t, unsigned index,
                         uint64_t expected, uint64_t pte);
static uint64_t pv_l1_read(const struct l1_table *t, unsigned index);

static void *test_map(mfn_t m);
static struct frame *test_record(mfn_t m);
static bool test_get(struct frame *f, domid_t owner);
static void test_put(struct frame *f);
#undef current
#define current         running
#define frame_map(m)    test_map(m)
#define frame_of(m)     test_record(m)
#define frame_get(f, o) test_get(f, o)
#define frame_put(f)    test_put(f)
#define virt_to_mfn(p)  mfn(((uintptr_t)(p) >> PAGE_SHIFT))

#include "grant/copy.c"
#include "grant/handle.c"
#define grow grow_table
#include "grant/table.c"
#undef grow
#include "grant/map.c"
#include "grant/op.c"
#include "grant/other.c"
#include "grant/use.c"
#include "grant/version.c"

#include "grant/map_below_test.h"

static struct grant_entry_v1 *entry(uint32_t ref)
{
    return grant_entry_of(d[1].grants, ref);
}

static int setup(void **state)
{
    (void)state;
    memset(d, 0, sizeof(d));
    memset(memory, 0, sizeof(memory));
    for (uint64_t i = 0; i < FRAMES_COUNT; i++)
        records[i].ref = (i / 8) << REF_OWNER_SHIFT | REF_ALLOCATED | 1;
    for (domid_t i = 0; i < 2; i++) {
        d[i].id = i;
        d[i].refs = 1;
        assert_int_equal(grant_unit.create(&d[i]), 0);
    }
    d[0].privileged = true;
    vcpu.domain = &d[0];
    running = &vcpu;
    *entry(20) = (struct grant_entry_v1){GTF_permit_access, 0, GRANTED};
    return 0;
}

/* Frames that their owners use as writable, as they mostly do. */
static void use_frames(int change)
{
    writers[2] += change;
    writers[3] += change;
    writers[GRANTED] += change;
}

static int setup_in_use(void **state)
{
    use_frames(1);
    return setup(state);
}

/* Whatever happened: all is given back. */
static int teardown(void **state)
{
    uint64_t *slot = test_map(mfn(TABLE));

    (void)state;
    grant_release_mappings(&d[0]);
    for (unsigned i = 0; i < 512; i++) {
        count_pte(slot[i], -1);
        slot[i] = 0;
    }
    for (unsigned i = 0; i < FRAMES_COUNT; i++) {
        assert_int_equal(readers[i], 0);
        assert_int_equal(writers[i], 0);
    }
    for (unsigned i = 0; i < 512; i++)
        assert_false(grant_ref_is_used(d[1].grants, i));
    for (domid_t i = 0; i < 2; i++) {
        assert_int_equal(d[i].refs, 1);
        grant_unit.destroy(&d[i]);
    }
    assert_int_equal(allocations, 0);
    return 0;
}

static int teardown_in_use(void **state)
{
    use_frames(-1);
    return teardown(state);
}

static long run(uint32_t cmd, void *op, uint32_t count)
{
    uint64_t arg = (uint64_t)op;

    return grant_op(cmd, &arg, &count);
}

static struct gnttab_map_grant_ref map(uint32_t ref, uint32_t flags,
                                       uint64_t host_addr)
{
    struct gnttab_map_grant_ref op = {
        .ref = ref, .dom = 1, .flags = flags, .host_addr = host_addr};

    assert_int_equal(run(GNTTABOP_map_grant_ref, &op, 1), 0);
    return op;
}

static int16_t unmap(uint32_t handle, uint64_t host_addr, uint64_t dev)
{
    struct gnttab_unmap_grant_ref op = {
        .handle = handle, .host_addr = host_addr, .dev_bus_addr = dev};

    assert_int_equal(run(GNTTABOP_unmap_grant_ref, &op, 1), 0);
    return op.status;
}

static uint64_t pte(unsigned index)
{
    return ((uint64_t *)test_map(mfn(TABLE)))[index];
}

/* ---- tests ---- */

static void test_table(void **state)
{
    uint64_t list[70] = {0};
    struct gnttab_setup_table op = {.dom = DOMID_SELF, .nr_frames = 3};
    struct gnttab_query_size q = {.dom = DOMID_SELF};
    struct gnttab_set_version v = {.version = 2};

    (void)state;
    memcpy(&op.frame_list, &(void *){list}, sizeof(void *));
    assert_int_equal(run(GNTTABOP_setup_table, &op, 1), 0);
    assert_int_equal(op.status, GNTST_okay);
    assert_true(list[0] && list[2] && list[0] != list[2] && !list[3]);
    assert_int_equal(run(GNTTABOP_query_size, &q, 1), 0);
    assert_int_equal(q.nr_frames, 3);
    assert_int_equal(q.max_nr_frames, 64);
    op.nr_frames = 65;
    assert_int_equal(run(GNTTABOP_setup_table, &op, 1), 0);
    assert_int_equal(op.status, GNTST_general_error);
    op.dom = 7;
    assert_int_equal(run(GNTTABOP_setup_table, &op, 1), 0);
    assert_int_equal(op.status, GNTST_bad_domain);
    d[0].privileged = false;
    q.dom = 1;
    assert_int_equal(run(GNTTABOP_query_size, &q, 1), 0);
    assert_int_equal(q.status, GNTST_permission_denied);
    assert_int_equal(run(GNTTABOP_setup_table, &op, 2), -EINVAL);
    v.version = 3;
    assert_int_equal(run(GNTTABOP_set_version, &v, 1), -EINVAL);
    assert_int_equal(v.version, 1);
    assert_int_equal(run(99, &v, 1), -ENOSYS);
    assert_int_equal(run(GNTTABOP_copy, &v, 0x80000000U), -EINVAL);
    assert_int_equal(grant_set_limits(&d[0], 2, 8, 2), -EINVAL);
    assert_int_equal(grant_set_limits(&d[0], 65, 8, 2), -EINVAL);
    assert_int_equal(grant_set_limits(&d[0], 64, -1, 1), 0);
    v.version = 2;
    assert_int_equal(run(GNTTABOP_set_version, &v, 1), -ENOSYS);
}

static void test_map_and_unmap(void **state)
{
    struct gnttab_map_grant_ref op =
        map(20, GNTMAP_host_map | 1U << _GNTMAP_guest_avail0, 0x203000);

    (void)state;
    assert_int_equal(op.status, GNTST_okay);
    assert_int_equal(op.dev_bus_addr, GRANTED << 12);
    assert_int_equal(pte_mfn(pte(3)).n, GRANTED);
    assert_true(pte(3) & PTE_RW && pte(3) & PTE_NX && pte(3) & 1UL << 9);
    assert_false(pte(3) & PTE_US);
    assert_int_equal(entry(20)->flags,
                     GTF_permit_access | GTF_reading | GTF_writing);
    assert_int_equal(writers[GRANTED], 1);
    assert_int_equal(d[1].refs, 2);
    assert_int_equal(unmap(op.handle, 0x204000, 0), GNTST_general_error);
    assert_int_equal(unmap(op.handle, 0x30000, 0), GNTST_general_error);
    assert_int_equal(unmap(op.handle + 1, 0x203000, 0), GNTST_bad_handle);
    assert_int_equal(unmap(UINT32_MAX, 0x203000, 0), GNTST_bad_handle);
    flushes = 0;
    assert_int_equal(unmap(op.handle, 0x203000, 0), GNTST_okay);
    assert_int_equal(flushes, 1);
    assert_int_equal(pte(3), 0);
    assert_int_equal(entry(20)->flags, GTF_permit_access);
    assert_int_equal(d[1].refs, 1);
    assert_int_equal(unmap(op.handle, 0x203000, 0), GNTST_bad_handle);
}

static void test_by_entry_address(void **state)
{
    uint64_t slot = (uint64_t)TABLE << 12 | 5 * 8;
    uint32_t flags = GNTMAP_host_map | GNTMAP_contains_pte |
                     GNTMAP_application_map | GNTMAP_readonly;
    struct gnttab_map_grant_ref op = map(20, flags, slot);

    (void)state;
    assert_int_equal(op.status, GNTST_okay);
    assert_true(pte(5) & PTE_US && !(pte(5) & PTE_RW));
    assert_int_equal(readers[GRANTED], 1);
    assert_int_equal(unmap(op.handle, slot, 0), GNTST_okay);
    assert_int_equal(map(20, flags, slot + 1).status, GNTST_general_error);
    assert_int_equal(map(20, flags, UINT64_MAX - 7).status,
                     GNTST_general_error);
    assert_int_equal(map(20, flags, 5UL << 12).status, GNTST_general_error);
    assert_int_equal(entry(20)->flags, GTF_permit_access);
}

static void test_refusals(void **state)
{
    (void)state;
    assert_int_equal(map(20, 0, 0x203000).status, GNTST_bad_gntref);
    assert_int_equal(map(512, GNTMAP_host_map, 0x203000).status,
                     GNTST_bad_gntref);
    assert_int_equal(map(UINT32_MAX, GNTMAP_host_map, 0x203000).status,
                     GNTST_bad_gntref);
    assert_int_equal(map(21, GNTMAP_host_map, 0x203000).status,
                     GNTST_general_error);
    assert_int_equal(map(20, GNTMAP_host_map, 0x30000).status,
                     GNTST_general_error);
    entry(20)->frame = 3; /* the caller's own */
    assert_int_equal(map(20, GNTMAP_host_map, 0x203000).status, GNTST_bad_page);
    entry(20)->frame = UINT32_MAX;
    assert_int_equal(map(20, GNTMAP_host_map, 0x203000).status, GNTST_bad_page);
    entry(20)->frame = PINNED;
    assert_int_equal(map(20, GNTMAP_host_map, 0x203000).status,
                     GNTST_general_error);
    assert_int_equal(map(20, GNTMAP_device_map, 0).status, GNTST_general_error);
    entry(20)->frame = GRANTED;
    records[GRANTED].ref |= REF_SHARED;
    assert_int_equal(map(20, GNTMAP_host_map, 0x203000).status, GNTST_bad_page);
    assert_int_equal(entry(20)->flags, GTF_permit_access);
    assert_int_equal(d[1].refs, 1);
}

/* Host and device parts end one by one; the use with the last. */
static void test_device_part(void **state)
{
    struct gnttab_map_grant_ref op =
        map(20, GNTMAP_host_map | GNTMAP_device_map, 0x203000);

    (void)state;
    assert_int_equal(op.status, GNTST_okay);
    assert_int_equal(writers[GRANTED], 2);
    assert_int_equal(unmap(op.handle, 0, 0x5000), GNTST_bad_dev_addr);
    assert_int_equal(unmap(op.handle, 0x203000, 0), GNTST_okay);
    assert_int_equal(writers[GRANTED], 1);
    assert_true(entry(20)->flags & GTF_writing);
    assert_int_equal(unmap(op.handle, 0, op.dev_bus_addr), GNTST_okay);
    assert_int_equal(entry(20)->flags, GTF_permit_access);
    assert_int_equal(unmap(op.handle, 0, op.dev_bus_addr), GNTST_bad_handle);
}

/* The guest emptied the entry by itself: safe, and the handle stays. */
static void test_entry_gone(void **state)
{
    struct gnttab_map_grant_ref op = map(20, GNTMAP_host_map, 0x203000);
    uint64_t *slot = test_map(mfn(TABLE));

    (void)state;
    count_pte(slot[3], -1);
    slot[3] = 0;
    assert_int_equal(unmap(op.handle, 0x203000, 0), GNTST_general_error);
    assert_true(entry(20)->flags & GTF_writing);
}

/* One batch: each has its status, and there is one flush. */
static void test_batch(void **state)
{
    struct gnttab_unmap_grant_ref u[4] = {0};

    (void)state;
    for (unsigned i = 0; i < 3; i++) {
        u[i].host_addr = 0x200000 + i * 0x1000;
        u[i].handle = map(20, GNTMAP_host_map, u[i].host_addr).handle;
    }
    u[3] = u[0]; /* twice */
    flushes = 0;
    assert_int_equal(run(GNTTABOP_unmap_grant_ref, u, 4), 0);
    assert_int_equal(flushes, 1);
    for (unsigned i = 0; i < 3; i++)
        assert_int_equal(u[i].status, GNTST_okay);
    assert_int_equal(u[3].status, GNTST_bad_handle);
    assert_int_equal(entry(20)->flags, GTF_permit_access);
}

static void test_many_handles(void **state)
{
    uint32_t handle[600];

    (void)state;
    grant_set_limits(&d[0], 64, 2, 2);
    for (unsigned i = 0; i < 512; i++)
        handle[i] = map(20, GNTMAP_device_map, 0).handle;
    assert_int_equal(map(20, GNTMAP_device_map, 0).status, GNTST_no_space);
    assert_int_equal(unmap(handle[100], 0, GRANTED << 12), GNTST_okay);
    assert_int_equal(map(20, GNTMAP_device_map, 0).handle, handle[100]);
}

static struct gnttab_copy copy_op(uint16_t flags)
{
    struct gnttab_copy op = {.flags = flags, .len = 8};

    op.source.domid = op.dest.domid = DOMID_SELF;
    op.source.u.gmfn = 2;
    op.dest.u.gmfn = 3;
    if (flags & GNTCOPY_source_gref) {
        op.source.domid = 1;
        op.source.u.ref = 20;
    }
    if (flags & GNTCOPY_dest_gref) {
        op.dest.domid = 1;
        op.dest.u.ref = 20;
    }
    return op;
}

static int16_t copy(struct gnttab_copy op)
{
    assert_int_equal(run(GNTTABOP_copy, &op, 1), 0);
    return op.status;
}

static void test_copy(void **state)
{
    struct gnttab_copy op = copy_op(GNTCOPY_source_gref);

    (void)state;
    strcpy(memory[GRANTED] + 100, "granted");
    op.source.offset = 100;
    op.dest.offset = PAGE_SIZE - 8;
    assert_int_equal(copy(op), GNTST_okay);
    assert_string_equal(memory[3] + PAGE_SIZE - 8, "granted");
    op.dest.offset++;
    assert_int_equal(copy(op), GNTST_bad_copy_arg);
    op = copy_op(GNTCOPY_source_gref);
    op.source.offset = UINT16_MAX;
    assert_int_equal(copy(op), GNTST_bad_copy_arg);
    strcpy(memory[2], "own one");
    assert_int_equal(copy(copy_op(GNTCOPY_dest_gref)), GNTST_okay);
    assert_string_equal(memory[GRANTED], "own one");
    assert_int_equal(copy(copy_op(0)), GNTST_okay);
    assert_string_equal(memory[3], "own one");
    assert_int_equal(entry(20)->flags, GTF_permit_access);
}

static void test_copy_refusals(void **state)
{
    struct gnttab_copy op = copy_op(0);

    (void)state;
    op.source.domid = 1;
    assert_int_equal(copy(op), GNTST_permission_denied);
    op = copy_op(GNTCOPY_source_gref);
    op.source.domid = 9;
    assert_int_equal(copy(op), GNTST_bad_domain);
    op = copy_op(GNTCOPY_dest_gref);
    entry(20)->flags |= GTF_readonly;
    assert_int_equal(copy(op), GNTST_general_error);
    op = copy_op(0);
    op.dest.u.gmfn = TABLE;
    assert_int_equal(copy(op), GNTST_general_error);
    op.dest.u.gmfn = UINT64_MAX;
    assert_int_equal(copy(op), GNTST_bad_page);
    op = copy_op(0);
    op.source.u.gmfn = GRANTED; /* not the caller's */
    assert_int_equal(copy(op), GNTST_bad_page);
}

/* What an operation may name is not what the one before it named. */
static void test_copy_batch(void **state)
{
    struct gnttab_copy op[4] = {copy_op(GNTCOPY_source_gref), copy_op(0),
                                copy_op(GNTCOPY_dest_gref), copy_op(0)};

    (void)state;
    op[1].source.domid = 1;
    op[1].source.u.gmfn = GRANTED;
    op[3].dest.domid = 1;
    op[3].dest.u.gmfn = GRANTED;
    assert_int_equal(run(GNTTABOP_copy, op, 4), 0);
    assert_int_equal(op[0].status, GNTST_okay);
    assert_int_equal(op[1].status, GNTST_permission_denied);
    assert_int_equal(op[2].status, GNTST_okay);
    assert_int_equal(op[3].status, GNTST_permission_denied);
}

/* From frame to grant, where that is only borrowed, between all other ways. */
static void test_copy_streams(void **state)
{
    const uint16_t to_grant = GNTCOPY_dest_gref;
    const uint16_t from_grant = GNTCOPY_source_gref;
    struct gnttab_copy op[14] = {
        copy_op(to_grant),   copy_op(to_grant | from_grant),
        copy_op(to_grant),   copy_op(from_grant),
        copy_op(from_grant), copy_op(to_grant),
        copy_op(to_grant),   copy_op(to_grant),
        copy_op(to_grant),   copy_op(to_grant),
        copy_op(to_grant),   copy_op(to_grant),
        copy_op(to_grant),   copy_op(to_grant),
    };

    (void)state;
    strcpy(memory[2], "own one");
    *entry(21) = (struct grant_entry_v1){GTF_permit_access, 0, PINNED};
    *entry(22) = (struct grant_entry_v1){GTF_permit_access, 0, 3};
    *entry(23) = *entry(20);
    entry(23)->flags |= GTF_readonly;
    op[1].dest.offset = 2000;
    op[4].dest.offset = 8;
    op[4].source.u.ref = 23;
    op[5].dest.u.ref = 21;   /* of a page table */
    op[6].dest.u.ref = 9999; /* not there */
    op[7].dest.u.ref = 22;   /* of a page that is not the granter's */
    op[8].dest.u.ref = 23;
    op[9].dest.domid = 9;
    op[10].dest.offset = PAGE_SIZE - 7;
    op[11].dest.offset = 1000;
    op[12].dest.domid = 9;
    op[13].source.domid = 1; /* by number: his own only */
    assert_int_equal(run(GNTTABOP_copy, op, 14), 0);
    for (unsigned i = 0; i < 5; i++)
        assert_int_equal(op[i].status, GNTST_okay);
    assert_int_equal(op[5].status, GNTST_general_error);
    assert_int_equal(op[6].status, GNTST_bad_gntref);
    assert_int_equal(op[7].status, GNTST_bad_page);
    assert_int_equal(op[8].status, GNTST_general_error);
    assert_int_equal(op[9].status, GNTST_bad_domain);
    assert_int_equal(op[10].status, GNTST_bad_copy_arg);
    assert_int_equal(op[11].status, GNTST_okay);
    assert_int_equal(op[12].status, GNTST_bad_domain);
    assert_int_equal(op[13].status, GNTST_permission_denied);
    assert_string_equal(memory[GRANTED] + 2000, "own one");
    assert_string_equal(memory[3] + 8, "own one");
    assert_string_equal(memory[GRANTED] + 1000, "own one");
    for (unsigned i = 20; i < 24; i++)
        assert_int_equal(entry(i)->flags & ~GTF_readonly, GTF_permit_access);
    assert_false(spin_is_locked(&d[1].grants->lock));
}

/* What is in use is not borrowed: it stays in use. */
static void test_copy_to_mapped(void **state)
{
    struct gnttab_map_grant_ref op = map(20, GNTMAP_host_map, 0x203000);
    uint16_t marks = GTF_permit_access | GTF_reading | GTF_writing;

    (void)state;
    assert_int_equal(entry(20)->flags, marks);
    assert_int_equal(copy(copy_op(GNTCOPY_dest_gref)), GNTST_okay);
    assert_int_equal(copy(copy_op(GNTCOPY_source_gref)), GNTST_okay);
    assert_int_equal(entry(20)->flags, marks);
    assert_int_equal(unmap(op.handle, 0x203000, 0), GNTST_okay);
    assert_int_equal(entry(20)->flags, GTF_permit_access);
}

/* Domain 1 passes on what domain 0 grants it; who copies is domain 0. */
static void test_passed_on(void **state)
{
    struct gnttab_set_version v = {.version = 2};
    struct gnttab_copy op = copy_op(GNTCOPY_source_gref);
    struct grant_entry_v1 *lent = grant_entry_of(d[0].grants, 30);
    union grant_entry_v2 *e;

    (void)state;
    vcpu.domain = &d[1];
    assert_int_equal(run(GNTTABOP_set_version, &v, 1), 0);
    vcpu.domain = &d[0];
    *lent = (struct grant_entry_v1){GTF_permit_access, 1, 2};
    e = grant_entry_of(d[1].grants, 20);
    e->transitive.trans_domid = 0;
    e->transitive.gref = 30;
    e->hdr.flags = GTF_transitive;
    strcpy(memory[2], "passed");
    assert_int_equal(copy(op), GNTST_okay);
    assert_string_equal(memory[3], "passed");
    assert_int_equal(*grant_status_of(d[1].grants, 20), 0);
    assert_int_equal(lent->flags, GTF_permit_access);
    lent->domid = 0; /* not to domain 1 */
    assert_int_equal(copy(op), GNTST_general_error);
    e->transitive.trans_domid = 1;
    assert_int_equal(copy(op), GNTST_general_error);
    assert_int_equal(*grant_status_of(d[1].grants, 20), 0);
    assert_false(grant_ref_is_used(d[0].grants, 30));
}

static void test_replace(void **state)
{
    struct gnttab_map_grant_ref op = map(20, GNTMAP_host_map, 0x203000);
    struct gnttab_unmap_and_replace r = {
        .host_addr = 0x203000, .new_addr = 0x204000, .handle = op.handle};
    uint64_t *slot = test_map(mfn(TABLE));
    uint64_t own = pte_make(mfn(2), PTE_P | PTE_RW);

    (void)state;
    slot[4] = own;
    count_pte(own, 1);
    assert_int_equal(run(GNTTABOP_unmap_and_replace, &r, 1), 0);
    assert_int_equal(r.status, GNTST_okay);
    assert_int_equal(pte(3), own);
    assert_int_equal(pte(4), 0);
    assert_int_equal(writers[2], 1);
    assert_int_equal(writers[GRANTED], 0);
    assert_int_equal(entry(20)->flags, GTF_permit_access);
}

static void test_bad_pointers(void **state)
{
    (void)state;
    for (uint32_t cmd = 0; cmd < 16; cmd++)
        assert_true(run(cmd, NULL, 1) < 0);
}

#define TEST(name) cmocka_unit_test_setup_teardown(test_##name, setup, teardown)
#define TEST_IN_USE(name)                                                      \
    cmocka_unit_test_setup_teardown(test_##name, setup_in_use, teardown_in_use)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(table),
        TEST(map_and_unmap),
        TEST(by_entry_address),
        TEST(refusals),
        TEST(device_part),
        TEST(entry_gone),
        TEST(batch),
        TEST(many_handles),
        TEST(copy),
        TEST_IN_USE(copy),
        TEST(bad_pointers),
        TEST(copy_refusals),
        TEST_IN_USE(copy_refusals),
        TEST(passed_on),
        TEST_IN_USE(passed_on),
        TEST(copy_batch),
        TEST_IN_USE(copy_batch),
        TEST(copy_streams),
        TEST_IN_USE(copy_streams),
        TEST_IN_USE(copy_to_mapped),
        TEST(replace),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
