/* complex.c - what the compiler calls for: complex and 128-bit arithmetic. */
/* hosted: yes */
/* expect: 0 failures */
#include <complex.h>
#include <fenv.h>
#include <math.h>

#include "check.h"

static volatile long double complex x = 3 + 4 * I, y = 1 - 2 * I;
static volatile double complex u = 3 + 4 * I, v = 1 - 2 * I;
static volatile float complex f = 3 + 4 * I, g = 1 - 2 * I;
static volatile double complex infinite = CMPLX(INFINITY, NAN);

static void complex_numbers(void)
{
    CHECK(x * y == 11 - 2 * I && u * v == 11 - 2 * I && f * g == 11 - 2 * I);
    CHECK(x / y == -1 + 2 * I && u / v == -1 + 2 * I && f / g == -1 + 2 * I);
    CHECK(isinf(creal(infinite * u)) || isinf(cimag(infinite * u)));
    CHECK(isinf(creal(u / (u - u))) && cabs(u) == 5);
    CHECK(creal(u / infinite) == 0 && cimag(u / infinite) == 0);
    CHECK(fabs(creal(cexp(I * M_PI)) + 1) < 1e-15);
}

static void wide_integers(void)
{
    volatile unsigned __int128 n = (unsigned __int128)0x123456789abcdef << 64;
    volatile unsigned __int128 d = ((unsigned __int128)5 << 64) + 7;
    volatile __int128 s = -100;

    n += 0xfedcba9876543210;
    CHECK(n / d * d + n % d == n && n % d < d);
    CHECK(n / 10 * 10 + n % 10 == n);
    CHECK(s / 7 == -14 && s % 7 == -2 && s / (s + 200) == -1);
}

static void environment(void)
{
    volatile double one = 1, three = 3, zero = 0, inexact = 1.1;
    volatile long double third;

    CHECK(feclearexcept(FE_ALL_EXCEPT) == 0 && !fetestexcept(FE_ALL_EXCEPT));
    third = one / three;
    CHECK(third > 0 && fetestexcept(FE_INEXACT));
    zero = one / zero;
    CHECK(fetestexcept(FE_DIVBYZERO) && feclearexcept(FE_DIVBYZERO) == 0);
    CHECK(!fetestexcept(FE_DIVBYZERO) && fetestexcept(FE_INEXACT));
    CHECK(fesetround(FE_UPWARD) == 0 && fegetround() == FE_UPWARD);
    CHECK(one / three * three >= 1 && rint(inexact) == 2);
    CHECK(fesetround(FE_TONEAREST) == 0 && rint(inexact) == 1);
    CHECK(fabsl(exp2l(0.5L) - sqrtl(2)) < 1e-18L && expm1l(0) == 0);
}

int main(void)
{
    complex_numbers();
    wide_integers();
    environment();
    return done();
}
