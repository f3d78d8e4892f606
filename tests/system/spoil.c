/*
 * spoil.c - alters a file that xl saved a guest to: spoil FILE WHAT SEED. WHAT
 * is header, record, length, types, table, p2m, shared, vcpu (and what else is
 * kept of it), or of its registers cr3, rip and cs. What was done is printed;
 * equal seeds do equal things. The
 * form is that of Xen's docs/specs/libxc-migration-stream.
 */
#include <fcntl.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>
#include <xen/xen.h>

#define PAGE 4096UL

enum {
    END,
    PAGE_DATA,
    PV_INFO,
    P2M_FRAMES,
    VCPU_BASIC,
    VCPU_EXTENDED,
    VCPU_XSAVE,
    SHARED_INFO,
    VCPU_MSRS = 0xc,
};

struct record {
    uint32_t type, length;
    uint8_t body[];
};

static uint8_t *file, *stream;
static size_t size;
static struct record *records[10000];
static unsigned count;
static uint64_t seed;

static void fail(const char *why)
{
    fprintf(stderr, "spoil: %s\n", why);
    exit(1);
}

static uint64_t any(uint64_t below)
{
    seed = seed * 6364136223846793005UL + 1442695040888963407UL;
    return (seed >> 20) % below;
}

static void find_records(void)
{
    static const uint8_t mark[12] = "\377\377\377\377\377\377\377\377XENF";
    uint8_t *p, *end = file + size;

    stream = memmem(file, size, mark, sizeof(mark));
    if (!stream)
        fail("no stream in it");
    for (p = stream + 40; p + 8 < end && count < 10000;) {
        struct record *r = (struct record *)p;

        records[count++] = r;
        p += 8 + ((r->length + 7UL) & ~7UL);
        if (r->type == END)
            return;
    }
    fail("no end of records");
}

/* One of the records of a type, or of two. */
static struct record *pick(uint32_t type, uint32_t or_type)
{
    struct record *found[10000];
    unsigned n = 0;

    for (unsigned i = 0; i < count; i++)
        if ((records[i]->type == type || records[i]->type == or_type) &&
            records[i]->length)
            found[n++] = records[i];
    if (!n)
        fail("no such record");
    return found[any(n)];
}

static void alter_byte(uint8_t *p, const char *what)
{
    uint8_t was = *p;

    *p ^= (uint8_t)(1 + any(255));
    printf("%s: byte at %#lx: %02x, was %02x\n", what,
           (unsigned long)(p - file), *p, was);
}

static void alter_body(struct record *r, const char *what)
{
    for (unsigned n = 1 + (unsigned)any(8); n; n--)
        alter_byte(r->body + any(r->length), what);
}

/* A register of the first vcpu: its bytes, other ones. */
static void alter_register(const char *what, size_t at, size_t bytes)
{
    struct record *r = pick(VCPU_BASIC, VCPU_BASIC);

    if (r->length < 8 + at + bytes)
        fail("a short context");
    for (size_t i = 0; i < bytes; i++)
        alter_byte(r->body + 8 + at + i, what);
}

static unsigned type_of(uint64_t pfn)
{
    return (unsigned)(pfn >> 60);
}

/* Page types that are followed by 4 KiB. */
static int has_data(uint64_t pfn)
{
    return type_of(pfn) < 13;
}

static void alter_types(void)
{
    for (unsigned n = 1 + (unsigned)any(20); n; n--) {
        struct record *r = pick(PAGE_DATA, PAGE_DATA);
        uint64_t *pfn = (uint64_t *)(r->body + 8) + any(*(uint32_t *)r->body);
        uint64_t was = *pfn;

        /* What has no data would make the length wrong: that is "record". */
        *pfn = (was & ~(15UL << 60)) | any(13) << 60;
        printf("types: %#lx, was %#lx\n", *pfn, was);
    }
}

/* A table of the stream; NULL: this record has none. */
static uint64_t *table_in(struct record *r)
{
    uint32_t n = *(uint32_t *)r->body;
    uint64_t *pfn = (uint64_t *)(r->body + 8);
    uint8_t *data = r->body + 8 + n * 8UL;
    uint64_t *tables[1024];
    unsigned found = 0;

    for (uint32_t i = 0; i < n; i++) {
        unsigned t = type_of(pfn[i]) & 7;

        if (!has_data(pfn[i]))
            continue;
        if (t >= 1 && t <= 4 && found < 1024)
            tables[found++] = (uint64_t *)data;
        data += PAGE;
    }
    return found ? tables[any(found)] : NULL;
}

static void alter_table(void)
{
    for (unsigned n = 1 + (unsigned)any(20), tries = 0; n && tries < 10000;
         tries++) {
        uint64_t *table = table_in(pick(PAGE_DATA, PAGE_DATA)), *entry;

        if (!table)
            continue;
        entry = table + any(512);
        *entry = any(2) ? *entry ^ 1UL << any(64)
                        : any(65536) << 12 | any(4096) | any(2) << 63;
        printf("table: entry at %#lx: %#lx\n",
               (unsigned long)((uint8_t *)entry - file), *entry);
        n--;
    }
}

static void alter(const char *what)
{
    struct record *r = records[any(count)];

    if (!strcmp(what, "header")) {
        alter_byte(stream + any(40), what);
    } else if (!strcmp(what, "record")) {
        alter_byte((uint8_t *)r + any(2), what);
    } else if (!strcmp(what, "length")) {
        r->length ^= 1U << any(32);
        printf("length: of a record of type %#x: %#x\n", r->type, r->length);
    } else if (!strcmp(what, "types")) {
        alter_types();
    } else if (!strcmp(what, "table")) {
        alter_table();
    } else if (!strcmp(what, "p2m")) {
        alter_body(pick(P2M_FRAMES, PV_INFO), what);
    } else if (!strcmp(what, "shared")) {
        alter_body(pick(SHARED_INFO, SHARED_INFO), what);
    } else if (!strcmp(what, "vcpu")) {
        alter_body(pick(VCPU_BASIC, any(2) ? VCPU_EXTENDED : VCPU_BASIC), what);
    } else if (!strcmp(what, "cr3")) {
        alter_register(what, offsetof(vcpu_guest_context_t, ctrlreg[3]), 8);
    } else if (!strcmp(what, "rip")) {
        alter_register(what, offsetof(vcpu_guest_context_t, user_regs.rip), 8);
    } else if (!strcmp(what, "cs")) {
        alter_register(what, offsetof(vcpu_guest_context_t, user_regs.cs), 2);
    } else {
        fail("WHAT?");
    }
}

int main(int argc, char **argv)
{
    struct stat st;
    int fd;

    if (argc != 4)
        fail("usage: spoil FILE WHAT SEED");
    fd = open(argv[1], O_RDWR);
    if (fd < 0 || fstat(fd, &st))
        fail("cannot open it");
    size = (size_t)st.st_size;
    file = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    if (file == MAP_FAILED)
        fail("cannot map it");
    seed = strtoul(argv[3], NULL, 0);
    any(2);
    find_records();
    alter(argv[2]);
    return 0;
}
