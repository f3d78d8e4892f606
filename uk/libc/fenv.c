/*
 * fenv.c - the floating-point environment, x87's and SSE's together, for
 * machines without a red zone (musl's own fenv.s writes below the stack).
 * fenv_t is what fnstenv stores, with mxcsr behind it.
 */
#include <fenv.h>
#include <features.h>

enum { ALL = FE_ALL_EXCEPT, MASKS_SSE = 0x1f80, CONTROL_X87 = 0x37f };

static unsigned mxcsr_get(void)
{
    unsigned value;

    __asm__ volatile("stmxcsr %0" : "=m"(value));
    return value;
}

static void mxcsr_set(unsigned value)
{
    __asm__ volatile("ldmxcsr %0" : : "m"(value));
}

static unsigned x87_status(void)
{
    unsigned short value;

    __asm__ volatile("fnstsw %0" : "=a"(value));
    return value;
}

static unsigned x87_control(void)
{
    unsigned short value;

    __asm__ volatile("fnstcw %0" : "=m"(value));
    return value;
}

/* What x87 holds moves to mxcsr, so that x87 can be cleared as a whole. */
int feclearexcept(int mask)
{
    unsigned x87 = x87_status() & ALL;

    mask &= ALL;
    if (x87 & (unsigned)mask)
        __asm__ volatile("fnclex");
    else
        x87 = 0;
    if ((mxcsr_get() | x87) & (unsigned)mask || x87)
        mxcsr_set((mxcsr_get() | x87) & ~(unsigned)mask);
    return 0;
}

int feraiseexcept(int mask)
{
    mxcsr_set(mxcsr_get() | (mask & ALL));
    return 0;
}

int fetestexcept(int mask)
{
    return (int)(x87_status() | mxcsr_get()) & mask & ALL;
}

int fegetround(void)
{
    return (int)(mxcsr_get() >> 3) & FE_TOWARDZERO;
}

hidden int __fesetround(int mode)
{
    unsigned short control = (x87_control() & ~FE_TOWARDZERO) | mode;

    __asm__ volatile("fldcw %0" : : "m"(control));
    mxcsr_set((mxcsr_get() & ~(FE_TOWARDZERO << 3)) | (unsigned)mode << 3);
    return 0;
}

int fegetenv(fenv_t *env)
{
    __asm__ volatile("fnstenv %0" : "=m"(*env));
    env->__mxcsr = mxcsr_get();
    return 0;
}

int fesetenv(const fenv_t *env)
{
    static const fenv_t initial = {
        .__control_word = CONTROL_X87, .__tags = 0xffff, .__mxcsr = MASKS_SSE};

    if (env == FE_DFL_ENV)
        env = &initial;
    __asm__ volatile("fldenv %0" : : "m"(*env));
    mxcsr_set(env->__mxcsr);
    return 0;
}
