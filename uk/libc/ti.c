/*
 * ti.c - division of 128-bit integers: what libgcc has, without a red zone.
 * Source: the names and meanings of gccint, "Integer library routines".
 */
typedef unsigned __int128 u128;
typedef __int128 s128;
typedef unsigned long u64;

u128 __udivmodti4(u128 n, u128 d, u128 *rest);
u128 __udivti3(u128 n, u128 d);
u128 __umodti3(u128 n, u128 d);
s128 __divti3(s128 n, s128 d);
s128 __modti3(s128 n, s128 d);
s128 __divmodti4(s128 n, s128 d, s128 *rest);

/* high < d, so that the quotient fits. */
static u64 divide(u64 high, u64 low, u64 d, u64 *rest)
{
    u64 q;

    __asm__("divq %4" : "=a"(q), "=d"(*rest) : "0"(low), "1"(high), "rm"(d));
    return q;
}

static int leading_zeros(u128 x)
{
    return x >> 64 ? __builtin_clzl((u64)(x >> 64))
                   : 64 + (x ? __builtin_clzl((u64)x) : 64);
}

static u128 divide_by_word(u128 n, u64 d, u128 *rest)
{
    u64 high = (u64)(n >> 64), r = 0, q;

    q = divide(0, high, d, &r);
    n = (u128)q << 64 | divide(r, (u64)n, d, &r);
    *rest = r;
    return n;
}

u128 __udivmodti4(u128 n, u128 d, u128 *rest)
{
    u128 q = 0, unused;
    int shift;

    if (!rest)
        rest = &unused;
    if (!(d >> 64))
        return divide_by_word(n, (u64)d, rest);
    shift = n < d ? -1 : leading_zeros(d) - leading_zeros(n);
    for (; shift >= 0; shift--) {
        q <<= 1;
        if (n >= d << shift) {
            n -= d << shift;
            q |= 1;
        }
    }
    *rest = n;
    return q;
}

u128 __udivti3(u128 n, u128 d)
{
    return __udivmodti4(n, d, 0);
}

u128 __umodti3(u128 n, u128 d)
{
    u128 rest;

    __udivmodti4(n, d, &rest);
    return rest;
}

s128 __divmodti4(s128 n, s128 d, s128 *rest)
{
    u128 r, q = __udivmodti4(n < 0 ? -(u128)n : (u128)n,
                             d < 0 ? -(u128)d : (u128)d, &r);

    *rest = (s128)(n < 0 ? -r : r);
    return (s128)((n < 0) != (d < 0) ? -q : q);
}

s128 __divti3(s128 n, s128 d)
{
    s128 rest;

    return __divmodti4(n, d, &rest);
}

s128 __modti3(s128 n, s128 d)
{
    s128 rest;

    __divmodti4(n, d, &rest);
    return rest;
}
