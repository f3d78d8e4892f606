/*
 * inflate.c - see inflate.h. Codes of up to FAST bits are looked up at once,
 * the few longer ones bit by bit.
 */
#include "lib/inflate.h"
#include "lib/string.h"

enum {
    FAST = 9,
    LONGEST = 15,
    LITERALS = 288,
    DISTANCES = 30,
    END_OF_BLOCK = 256,
    ORDER = 19
};

/* The canonical code: by length how many, and all symbols in their order. */
struct code {
    uint16_t count[LONGEST + 1];
    uint16_t symbol[LITERALS];
    uint16_t fast[1 << FAST]; /* symbol << 4 | length; 0: longer, or none */
};

struct inflate {
    const uint8_t *in, *in_start, *in_end;
    uint8_t *out, *out_start, *out_end;
    uint64_t bits;
    unsigned held; /* valid bits of it */
    long error;
    struct code literal, distance;
};

size_t gzip_work_bytes(void)
{
    return sizeof(struct inflate);
}

size_t gzip_stopped_at(const struct inflate *z)
{
    return (size_t)(z->in - z->in_start);
}

/* Behind the end there are zeros, which nobody may take. */
static void refill(struct inflate *z)
{
    while (z->held <= 56 && z->in < z->in_end) {
        z->bits |= (uint64_t)*z->in++ << z->held;
        z->held += 8;
    }
}

static void drop(struct inflate *z, unsigned n)
{
    if (n > z->held) {
        z->error = GZIP_BROKEN;
        n = z->held;
    }
    z->bits >>= n;
    z->held -= n;
}

static uint32_t take(struct inflate *z, unsigned n)
{
    uint32_t value;

    refill(z);
    value = (uint32_t)(z->bits & ((1UL << n) - 1));
    drop(z, n);
    return value;
}

/* ------------------------------------------------------------------ codes */
static unsigned reversed(unsigned code, unsigned length)
{
    unsigned r = 0;

    for (; length > 0; length--, code >>= 1)
        r = r << 1 | (code & 1);
    return r;
}

static void fill_fast(struct code *c)
{
    unsigned code = 0, index = 0;

    memset(c->fast, 0, sizeof(c->fast));
    for (unsigned length = 1; length <= FAST; length++, code <<= 1)
        for (unsigned n = c->count[length]; n > 0; n--, index++, code++)
            for (unsigned at = reversed(code, length); at < 1U << FAST;
                 at += 1U << length)
                c->fast[at] =
                    (uint16_t)((unsigned)c->symbol[index] << 4 | length);
}

/* False if more codes are there than their lengths allow. */
static bool build(struct code *c, const uint8_t *lengths, unsigned n)
{
    uint16_t next[LONGEST + 1] = {0};
    int left = 1;

    memset(c->count, 0, sizeof(c->count));
    for (unsigned i = 0; i < n; i++)
        c->count[lengths[i]]++;
    c->count[0] = 0;
    for (unsigned length = 1; length <= LONGEST; length++) {
        left = left * 2 - c->count[length];
        if (left < 0)
            return false;
        next[length] = (uint16_t)(next[length - 1] + c->count[length - 1]);
    }
    for (unsigned i = 0; i < n; i++)
        if (lengths[i])
            c->symbol[next[lengths[i]]++] = (uint16_t)i;
    fill_fast(c);
    return true;
}

static unsigned decode_slowly(struct inflate *z, const struct code *c)
{
    unsigned code = 0, first = 0, index = 0;

    for (unsigned length = 1; length <= LONGEST; length++) {
        unsigned count = c->count[length];

        code |= (unsigned)(z->bits >> (length - 1) & 1);
        if (code - first < count) {
            drop(z, length);
            return c->symbol[index + code - first];
        }
        index += count;
        first = (first + count) << 1;
        code <<= 1;
    }
    z->error = GZIP_BROKEN;
    return END_OF_BLOCK;
}

static unsigned decode(struct inflate *z, const struct code *c)
{
    unsigned found;

    refill(z);
    found = c->fast[z->bits & ((1U << FAST) - 1)];
    if (!found)
        return decode_slowly(z, c);
    drop(z, found & 15);
    return found >> 4;
}

/* ----------------------------------------------------------------- blocks */
/* Lengths and distances: how many more bits, and from where on. */
static unsigned length_of(struct inflate *z, unsigned symbol)
{
    unsigned n = symbol - 257, more = n < 8 ? 0 : n / 4 - 1;

    if (n == 28)
        return 258;
    if (n < 8)
        return n + 3;
    return ((4 + n % 4) << more) + 3 + take(z, more);
}

static unsigned distance_of(struct inflate *z)
{
    unsigned n = decode(z, &z->distance), more = n < 4 ? 0 : n / 2 - 1;

    if (n >= DISTANCES)
        z->error = GZIP_BROKEN;
    if (n < 4 || z->error)
        return n + 1;
    return ((2 + n % 2) << more) + 1 + take(z, more);
}

static void copy(struct inflate *z, unsigned length, unsigned distance)
{
    const uint8_t *from = z->out - distance;

    if (z->error)
        return;
    if (distance > (size_t)(z->out - z->out_start))
        z->error = GZIP_BROKEN;
    else if (length > (size_t)(z->out_end - z->out))
        z->error = GZIP_TOO_LONG;
    else
        while (length-- > 0)
            *z->out++ = *from++;
}

static void unpack_codes(struct inflate *z)
{
    while (!z->error) {
        unsigned symbol = decode(z, &z->literal);

        if (symbol == END_OF_BLOCK)
            return;
        if (symbol > 285) {
            z->error = GZIP_BROKEN;
        } else if (symbol > END_OF_BLOCK) {
            unsigned length = length_of(z, symbol);

            copy(z, length, distance_of(z));
        } else if (z->out == z->out_end) {
            z->error = GZIP_TOO_LONG;
        } else if (!z->error) {
            *z->out++ = (uint8_t)symbol;
        }
    }
}

static void unpack_stored(struct inflate *z)
{
    uint32_t length, check;

    drop(z, z->held % 8);
    length = take(z, 16);
    check = take(z, 16);
    z->in -= z->held / 8;
    z->bits = z->held = 0;
    if (z->error || (length ^ check) != 0xffff ||
        length > (size_t)(z->in_end - z->in))
        z->error = GZIP_BROKEN;
    else if (length > (size_t)(z->out_end - z->out))
        z->error = GZIP_TOO_LONG;
    if (z->error)
        return;
    memcpy(z->out, z->in, length);
    z->out += length;
    z->in += length;
}

static void build_fixed(struct inflate *z)
{
    uint8_t lengths[LITERALS];

    for (unsigned i = 0; i < LITERALS; i++)
        lengths[i] = i < 144 ? 8 : i < 256 ? 9 : i < 280 ? 7 : 8;
    build(&z->literal, lengths, LITERALS);
    memset(lengths, 5, DISTANCES);
    build(&z->distance, lengths, DISTANCES);
}

/* The lengths of both codes, which come packed by a third. */
static bool read_lengths(struct inflate *z, uint8_t *lengths, unsigned n)
{
    for (unsigned i = 0; i < n && !z->error;) {
        unsigned symbol = decode(z, &z->literal), times = 1;
        uint8_t length = (uint8_t)symbol;

        if (symbol == 16 && i == 0)
            return false;
        if (symbol >= 16) {
            length = symbol == 16 ? lengths[i - 1] : 0;
            times = symbol == 18 ? 11 + take(z, 7)
                                 : 3 + take(z, symbol == 16 ? 2 : 3);
        }
        if (times > n - i)
            return false;
        memset(lengths + i, length, times);
        i += times;
    }
    return !z->error;
}

static void build_dynamic(struct inflate *z)
{
    static const uint8_t order[ORDER] = {16, 17, 18, 0, 8,  7, 9,  6, 10, 5,
                                         11, 4,  12, 3, 13, 2, 14, 1, 15};
    uint8_t lengths[LITERALS + 32] = {0};
    unsigned literals = 257 + take(z, 5), distances = 1 + take(z, 5);
    unsigned n = 4 + take(z, 4);

    for (unsigned i = 0; i < n; i++)
        lengths[order[i]] = (uint8_t)take(z, 3);
    if (literals > 286 || !build(&z->literal, lengths, ORDER) ||
        !read_lengths(z, lengths, literals + distances) ||
        !lengths[END_OF_BLOCK] || !build(&z->literal, lengths, literals) ||
        !build(&z->distance, lengths + literals, distances))
        z->error = GZIP_BROKEN;
}

static void unpack_blocks(struct inflate *z)
{
    bool last = false;

    while (!last && !z->error) {
        unsigned kind;

        last = take(z, 1);
        kind = take(z, 2);
        if (kind == 0) {
            unpack_stored(z);
            continue;
        }
        if (kind == 1)
            build_fixed(z);
        else if (kind == 2)
            build_dynamic(z);
        else
            z->error = GZIP_BROKEN;
        unpack_codes(z);
    }
}

/* ------------------------------------------------------------------- gzip */
enum { HEADER = 10, TRAILER = 8, WITH_SUM = 2, EXTRA = 4, TEXTS = 0x18 };

bool gzip_is(const void *data, size_t size)
{
    const uint8_t *d = data;

    return size >= HEADER + TRAILER && d[0] == 0x1f && d[1] == 0x8b &&
           d[2] == 8;
}

static uint32_t word_at(const uint8_t *at)
{
    return at[0] | (uint32_t)at[1] << 8 | (uint32_t)at[2] << 16 |
           (uint32_t)at[3] << 24;
}

size_t gzip_size(const void *data, size_t size)
{
    return word_at((const uint8_t *)data + size - 4);
}

static void skip_header(struct inflate *z)
{
    unsigned flags = z->in[3], text;
    size_t extra;

    z->in += HEADER;
    if (flags & EXTRA) {
        extra = take(z, 16);
        z->in -= z->held / 8;
        z->bits = z->held = 0;
        z->in += minimum(extra, (size_t)(z->in_end - z->in));
    }
    for (text = flags & TEXTS; text; text &= text - 1)
        while (z->in < z->in_end && *z->in++)
            ;
    if (flags & WITH_SUM)
        take(z, 16);
}

static uint32_t sum_of(const uint8_t *at, const uint8_t *end)
{
    uint32_t table[16], sum = ~0U;

    for (unsigned i = 0; i < array_size(table); i++) {
        table[i] = i;
        for (unsigned bit = 0; bit < 4; bit++)
            table[i] = table[i] >> 1 ^ (table[i] & 1 ? 0xedb88320U : 0);
    }
    for (; at < end; at++) {
        sum ^= *at;
        sum = sum >> 4 ^ table[sum & 15];
        sum = sum >> 4 ^ table[sum & 15];
    }
    return ~sum;
}

long gzip_unpack(struct inflate *z, const void *data, size_t size, void *to,
                 size_t room)
{
    uint32_t sum, length;

    z->in = z->in_start = data;
    if (!gzip_is(data, size))
        return GZIP_BROKEN;
    z->in_end = z->in + size;
    z->out = z->out_start = to;
    z->out_end = z->out + room;
    z->bits = z->held = 0;
    z->error = 0;
    skip_header(z);
    unpack_blocks(z);
    drop(z, z->held % 8);
    sum = take(z, 32);
    length = take(z, 32);
    if (z->error)
        return z->error;
    if (sum != sum_of(z->out_start, z->out) ||
        length != (uint32_t)(z->out - z->out_start))
        return GZIP_WRONG_SUM;
    return z->out - z->out_start;
}
