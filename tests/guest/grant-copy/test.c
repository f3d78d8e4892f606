/*
 * GNTTABOP_copy copies between own frames and granted ones, whatever the
 * offsets, and refuses to leave a page, to write what is read-only, and frames
 * that are not the caller's. Operations of one batch may name the same page
 * again and again: each has its own outcome, and in the end no grant is in use.
 * An array that ends too early is served up to there.
 */
#include "guest.h"

static int16_t copy(uint64_t from, unsigned from_offset, uint64_t to,
                    unsigned to_offset, unsigned bytes)
{
    struct gnttab_copy c = {.len = (uint16_t)bytes};

    c.source.domid = c.dest.domid = DOMID_SELF;
    c.source.u.gmfn = from;
    c.source.offset = (uint16_t)from_offset;
    c.dest.u.gmfn = to;
    c.dest.offset = (uint16_t)to_offset;
    CHECK_EQ(grant_table_op(GNTTABOP_copy, &c, 1), 0);
    return c.status;
}

/* ---- batches ---- */

#define REF   40 /* grants b; the next one grants c, to be read only */
#define OPS   7
#define PIECE 1000U

static struct grant_entry_v1 *table;
static struct gnttab_copy batch[OPS];

static void grant(unsigned ref, const void *page, unsigned flags)
{
    table[ref].domid = own_domid();
    table[ref].frame = (uint32_t)va_to_mfn(page);
    barrier();
    table[ref].flags = (uint16_t)(GTF_permit_access | flags);
}

/* Piece by piece from the frame of a page to a grant; then the other way. */
static void put(unsigned i, const void *page, unsigned ref, bool other_way)
{
    struct gnttab_copy *op = &batch[i];
    struct gnttab_copy_ptr *by_frame = other_way ? &op->dest : &op->source;
    struct gnttab_copy_ptr *by_ref = other_way ? &op->source : &op->dest;

    memset(op, 0xff, sizeof(*op)); /* of a reference only 32 bits count */
    by_frame->u.gmfn = va_to_mfn(page);
    by_frame->domid = DOMID_SELF;
    by_ref->u.ref = ref;
    by_ref->domid = own_domid();
    op->source.offset = op->dest.offset = (uint16_t)(i * PIECE % 4000);
    op->len = PIECE / 2;
    op->flags = other_way ? GNTCOPY_source_gref : GNTCOPY_dest_gref;
}

static void check_piece(const uint8_t *from, const uint8_t *to, unsigned i)
{
    unsigned offset = i * PIECE % 4000;

    CHECK(!memcmp(from + offset, to + offset, PIECE / 2));
    CHECK(memcmp(from + offset, to + offset, PIECE));
}

static void same_sides(uint8_t *a, uint8_t *b, uint8_t *c)
{
    memset(b, 0, PAGE_SIZE);
    memset(c, 0, PAGE_SIZE);
    for (unsigned i = 0; i < 4; i++)
        put(i, a, REF, false);
    put(4, c, REF, true); /* what came to b first goes on to c */
    put(5, a, REF + 2, false);
    put(6, c, REF, true);
    CHECK_EQ(grant_table_op(GNTTABOP_copy, batch, OPS), 0);
    for (unsigned i = 0; i < OPS; i++)
        CHECK_EQ(batch[i].status, i == 5 ? GNTST_general_error : GNTST_okay);
    for (unsigned i = 0; i < 4; i++)
        check_piece(a, b, i);
    CHECK(!memcmp(b, c, PIECE / 2));
    CHECK(!memcmp(b + 2000, c + 2000, PIECE / 2));
    CHECK(memcmp(b, c, PAGE_SIZE));
    CHECK_EQ(table[REF].flags, GTF_permit_access);
}

/* One that fails leaves the next ones what they were, of the same pages too. */
static void errors_between(uint8_t *a, uint8_t *b, uint8_t *c)
{
    memset(b, 0, PAGE_SIZE);
    put(0, a, REF, false);
    put(1, a, REF, false);
    batch[1].dest.offset = 4000;
    put(2, a, REF + 1, false);
    put(3, a, REF, false);
    put(4, a, REF, false);
    batch[4].source.domid = 0x1234; /* nobody, and by number */
    put(5, a, REF, false);
    batch[5].dest.domid = 0x1234;
    put(6, b, REF + 1, true);
    CHECK_EQ(grant_table_op(GNTTABOP_copy, batch, OPS), 0);
    CHECK_EQ(batch[0].status, GNTST_okay);
    CHECK_EQ(batch[1].status, GNTST_bad_copy_arg);
    CHECK_EQ(batch[2].status, GNTST_general_error);
    CHECK_EQ(batch[3].status, GNTST_okay);
    CHECK_EQ(batch[4].status, GNTST_bad_domain);
    CHECK_EQ(batch[5].status, GNTST_bad_domain);
    CHECK_EQ(batch[6].status, GNTST_okay);
    check_piece(a, b, 0);
    check_piece(a, b, 3);
    CHECK(!memcmp(b + 2000, c + 2000, PIECE / 2));
    CHECK_EQ(table[REF].flags, GTF_permit_access);
    CHECK_EQ(table[REF + 1].flags, GTF_permit_access | GTF_readonly);
}

/* ---- arrays that cannot be read, or written ---- */

#define THERE 41 /* operations, as far as the page goes */

/* To one piece of b each. */
static struct gnttab_copy *put_many(uint8_t *pages, uint8_t *a, uint8_t *b)
{
    struct gnttab_copy *op = (void *)(pages + PAGE_SIZE);

    op -= THERE;
    memset(b, 0, PAGE_SIZE);
    for (unsigned i = 0; i < THERE; i++) {
        put(0, a, REF, false);
        op[i] = batch[0];
        op[i].dest.offset = (uint16_t)(i * 64);
        op[i].len = 32;
    }
    return op;
}

/* What was read is done. */
static void unreadable_end(uint8_t *pages, uint8_t *a, uint8_t *b)
{
    struct gnttab_copy *op = put_many(pages, a, b);

    page_unmap(pages + PAGE_SIZE);
    CHECK_EQ(grant_table_op(GNTTABOP_copy, op, THERE + 5), -EFAULT);
    for (unsigned i = 0; i < THERE; i++) {
        CHECK_EQ(op[i].status, GNTST_okay);
        CHECK(!memcmp(a, b + i * 64, 32));
    }
    CHECK_EQ(table[REF].flags, GTF_permit_access);
}

static void unwritable(uint8_t *pages, uint8_t *a, uint8_t *b)
{
    struct gnttab_copy *op = put_many(pages, a, b);

    CHECK_EQ(page_protect(pages, false), 0);
    CHECK_EQ(grant_table_op(GNTTABOP_copy, op, THERE), -EFAULT);
    CHECK_EQ(op[0].status, -1);
    CHECK(!memcmp(a, b, 32));
    CHECK_EQ(table[REF].flags, GTF_permit_access);
    CHECK_EQ(page_protect(pages, true), 0);
    CHECK_EQ(grant_table_op(GNTTABOP_copy, op, THERE), 0);
    CHECK_EQ(op[THERE - 1].status, GNTST_okay);
}

static void bad_arrays(uint8_t *a, uint8_t *b)
{
    uint8_t *pages = pages_alloc(2);

    unwritable(pages, a, b);
    unreadable_end(pages, a, b);
}

static void in_batches(uint8_t *a, uint8_t *b)
{
    struct gnttab_setup_table setup = {.dom = DOMID_SELF, .nr_frames = 1};
    uint8_t *c = page_alloc();
    xen_pfn_t frame = 0;

    set_xen_guest_handle(setup.frame_list, &frame);
    CHECK_EQ(grant_table_op(GNTTABOP_setup_table, &setup, 1), 0);
    CHECK_EQ(setup.status, GNTST_okay);
    table = page_alloc();
    CHECK_EQ(page_map(table, pte_make(frame, PTE_RW_FLAGS)), 0);
    grant(REF, b, 0);
    grant(REF + 1, c, GTF_readonly);
    same_sides(a, b, c);
    errors_between(a, b, c);
    bad_arrays(a, b);
}

void test(void)
{
    uint8_t *a = page_alloc(), *b = page_alloc();
    uint64_t from = va_to_mfn(a), to = va_to_mfn(b);

    for (unsigned i = 0; i < PAGE_SIZE; i++)
        a[i] = (uint8_t)(i * 7);
    CHECK_EQ(copy(from, 0, to, 0, 4096), GNTST_okay);
    CHECK(!memcmp(a, b, PAGE_SIZE));
    memset(b, 0, PAGE_SIZE);
    CHECK_EQ(copy(from, 100, to, 4000, 96), GNTST_okay);
    CHECK(!memcmp(a + 100, b + 4000, 96));
    CHECK_EQ(b[3999], 0);
    CHECK_EQ(copy(from, 0, to, 0, 0), GNTST_okay);
    CHECK_EQ(copy(from, 1, to, 0, 4096), GNTST_bad_copy_arg);
    CHECK_EQ(copy(from, 0, to, 4095, 2), GNTST_bad_copy_arg);
    CHECK_EQ(copy(from, 0, to, 0, 65535), GNTST_bad_copy_arg);
    /* Not to tables, nor to or from frames of others. */
    CHECK(copy(from, 0, va_to_mfn(kernel_l4()), 0, 8) < 0);
    CHECK_EQ(copy(va_to_mfn(kernel_l4()), 4088, to, 0, 8), GNTST_okay);
    CHECK_EQ(*(uint64_t *)(void *)b, kernel_l4()[511]);
    CHECK(copy(0xfee00, 0, to, 0, 8) < 0);
    CHECK(copy(from, 0, 0xfee00, 0, 8) < 0);
    CHECK(copy(~0UL, 0, to, 0, 8) < 0);
    in_batches(a, b);
}
