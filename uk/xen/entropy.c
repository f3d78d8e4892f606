/*
 * entropy.c - see entropy.h: ChaCha20 (RFC 8439) whose key is replaced after
 * each use, so that what was given cannot be told from the state later.
 * Locks: events are masked.
 */
#include "xen/entropy.h"
#include "lib/string.h"

enum { WORDS = 16, KEY_AT = 4, KEY_WORDS = 8, ROUNDS = 10 };

static uint32_t state[WORDS] = {0x61707865, 0x3320646e, 0x79622d32, 0x6b206574};

static uint32_t rotate(uint32_t x, int n)
{
    return x << n | x >> (32 - n);
}

static void quarter(uint32_t *x, int a, int b, int c, int d)
{
    x[a] += x[b];
    x[d] = rotate(x[d] ^ x[a], 16);
    x[c] += x[d];
    x[b] = rotate(x[b] ^ x[c], 12);
    x[a] += x[b];
    x[d] = rotate(x[d] ^ x[a], 8);
    x[c] += x[d];
    x[b] = rotate(x[b] ^ x[c], 7);
}

/* The next 64 bytes; counts up words 12 to 15. */
static void next_block(uint32_t *out)
{
    memcpy(out, state, sizeof(state));
    for (int i = 0; i < ROUNDS; i++) {
        for (int k = 0; k < 4; k++)
            quarter(out, k, 4 + k, 8 + k, 12 + k);
        for (int k = 0; k < 4; k++)
            quarter(out, k, 4 + (k + 1) % 4, 8 + (k + 2) % 4, 12 + (k + 3) % 4);
    }
    for (int i = 0; i < WORDS; i++)
        out[i] += state[i];
    for (int i = 12; i < WORDS && ++state[i] == 0; i++)
        ;
}

static void change_key(void)
{
    uint32_t block[WORDS];

    next_block(block);
    memcpy(&state[KEY_AT], block, KEY_WORDS * sizeof(*block));
}

static bool has_rdrand(void)
{
    uint32_t a = 1, b, c = 0, d;

    __asm__ volatile("cpuid" : "+a"(a), "=b"(b), "+c"(c), "=d"(d));
    return c >> 30 & 1;
}

static uint64_t rdrand(void)
{
    uint64_t value = 0;

    __asm__ volatile("rdrand %0" : "+r"(value) : : "cc");
    return value;
}

static uint64_t counter(void)
{
    uint32_t low, high;

    __asm__ volatile("rdtsc" : "=a"(low), "=d"(high));
    return (uint64_t)high << 32 | low;
}

void entropy_stir(uint64_t more)
{
    uint64_t words[4] = {more, counter(), 0, 0};

    if (has_rdrand()) {
        words[2] = rdrand();
        words[3] = rdrand();
    }
    for (int i = 0; i < KEY_WORDS; i++)
        state[KEY_AT + i] ^= (uint32_t)(words[i / 2] >> i % 2 * 32);
    change_key();
}

void entropy_fill(void *at, size_t n)
{
    uint32_t block[WORDS];
    char *to = at;

    state[15] ^= (uint32_t)counter();
    while (n > 0) {
        size_t part = minimum(n, sizeof(block));

        next_block(block);
        memcpy(to, block, part);
        to += part;
        n -= part;
    }
    change_key();
}
