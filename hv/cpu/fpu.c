/*
 * cpu/fpu.c - XSAVE, or FXSAVE where there is no XSAVE. Layer: cpu.
 */
#include "cpu/fpu.h"

#include "cpu/asm.h"
#include "lib/string.h"

#define LEAF1_ECX_XSAVE     (1U << 26)
#define LEAFD1_EAX_XSAVEOPT (1U << 0)
#define LEAFD_ECX_SYSTEM    (1U << 0) /* a component of XSS, not of XCR0 */
#define LEAFD_ECX_ALIGNED   (1U << 1)
#define EXT8_EBX_ERROR_PTRS (1U << 2)

#define FCW_DEFAULT    0x037f
#define MXCSR_DEFAULT  0x1f80
#define FSW_EXCEPTIONS 0x3f

struct xstate_layout fpu_layout;

static bool have_xsaveopt;
static bool error_pointers_leak;
static uint32_t mxcsr_mask;

static uint64_t read_xcr0(void)
{
    uint32_t lo, hi;

    __asm__ volatile("xgetbv" : "=a"(lo), "=d"(hi) : "c"(0));
    return lo | (uint64_t)hi << 32;
}

static void find_layout(void)
{
    struct cpuid_regs r = cpuid(0xd, 0);

    fpu_layout.allowed = r.a | (uint64_t)r.d << 32;
    for (unsigned i = 2; i < XSTATE_COMPONENTS; i++) {
        r = cpuid(0xd, i);
        if (r.c & LEAFD_ECX_SYSTEM)
            continue;
        fpu_layout.component[i] = (struct xstate_component){
            .bytes = r.a,
            .offset = r.b,
            .aligned = r.c & LEAFD_ECX_ALIGNED,
        };
    }
    xstate_restrict(&fpu_layout);
    have_xsaveopt = cpuid(0xd, 1).a & LEAFD1_EAX_XSAVEOPT;
}

/* AMD: FOP, FIP and FDP are neither saved nor loaded without an unmasked
 * exception, so they would stay visible to the next vcpu. */
static bool find_error_pointers_leak(void)
{
    uint32_t vendor = cpuid(0, 0).b;

    if (vendor != 0x68747541 && vendor != 0x6f677948) /* "Auth", "Hygo" */
        return false;
    return cpuid(0x80000000, 0).a < 0x80000008 ||
           !(cpuid(0x80000008, 0).b & EXT8_EBX_ERROR_PTRS);
}

static void find_mxcsr_mask(void)
{
    static struct xsave_area area;

    __asm__ volatile("fxsave64 %0" : "=m"(area));
    mxcsr_mask = area.mxcsr_mask ? area.mxcsr_mask : 0xffbf;
}

void __init fpu_init(void)
{
    if (cpuid(0, 0).a >= 0xd && (cpuid(1, 0).c & LEAF1_ECX_XSAVE))
        find_layout();
    error_pointers_leak = find_error_pointers_leak();
    fpu_init_cpu();
    find_mxcsr_mask();
}

void __init fpu_init_cpu(void)
{
    uint64_t cr4 = read_cr4() | CR4_OSFXSR | CR4_OSXMMEXCPT;

    write_cr0((read_cr0() | CR0_MP | CR0_NE) & ~(CR0_EM | CR0_TS));
    write_cr4(fpu_layout.allowed ? cr4 | CR4_OSXSAVE : cr4);
    if (fpu_layout.allowed)
        xsetbv(0, FPU_XCR0_INITIAL);
    __asm__ volatile("fninit");
}

void fpu_init_state(struct xsave_area *area)
{
    memset(area, 0, sizeof(*area));
    area->fcw = FCW_DEFAULT;
    area->mxcsr = MXCSR_DEFAULT;
}

void fpu_set_legacy(struct xsave_area *area, const void *image)
{
    memcpy(area, image, XSTATE_LEGACY_BYTES);
    area->mxcsr &= mxcsr_mask;
    area->mxcsr_mask = 0;
    area->xstate_bv |= XSTATE_X87 | XSTATE_SSE;
}

/* Where the registers are in the 512 bytes. */
#define X87_START   32
#define X87_BYTES   128
#define SSE_START   160
#define SSE_BYTES   256
#define MXCSR_START 24

/* XSAVEOPT does not store what is in its initial state. */
void fpu_get_legacy(const struct xsave_area *area, void *image)
{
    uint64_t stored = fpu_layout.allowed ? area->xstate_bv : ~0UL;
    uint16_t fcw = FCW_DEFAULT;

    memcpy(image, area, XSTATE_LEGACY_BYTES);
    if (!(stored & XSTATE_X87)) {
        memset(image, 0, MXCSR_START);
        memcpy(image, &fcw, sizeof(fcw));
        memset((char *)image + X87_START, 0, X87_BYTES);
    }
    if (!(stored & XSTATE_SSE))
        memset((char *)image + SSE_START, 0, SSE_BYTES);
}

void fpu_get_state(const struct xsave_area *area, struct xsave_area *image)
{
    *image = *area;
    fpu_get_legacy(area, image);
}

void fpu_save(struct xsave_area *area)
{
    if (!fpu_layout.allowed)
        __asm__ volatile("fxsave64 %0" : "=m"(*area));
    else if (have_xsaveopt)
        __asm__ volatile("xsaveopt64 %0" : "+m"(*area) : "a"(~0U), "d"(~0U));
    else
        __asm__ volatile("xsave64 %0" : "+m"(*area) : "a"(~0U), "d"(~0U));
}

/* Gives the pointers fixed values by an operation that sets them. */
static void clear_error_pointers(const struct xsave_area *area)
{
    static const int32_t zero;

    if (area->fsw & ~area->fcw & FSW_EXCEPTIONS)
        return;
    __asm__ volatile("fnclex\n\t"
                     "ffree %%st(7)\n\t"
                     "fildl %0"
                     :
                     : "m"(zero));
}

/* Loads; false when the CPU refused what the area holds. */
static bool load(const struct xsave_area *area)
{
    uint32_t failed = 1;

    if (fpu_layout.allowed)
        __asm__ volatile("1: xrstor64 %1\n"
                         "2: xor %0, %0\n"
                         "3:\n"
                         ".pushsection .extable, \"a\", @progbits\n"
                         ".quad 1b, 2b, 3b\n"
                         ".popsection"
                         : "+r"(failed)
                         : "m"(*area), "a"(~0U), "d"(~0U));
    else
        __asm__ volatile("1: fxrstor64 %1\n"
                         "2: xor %0, %0\n"
                         "3:\n"
                         ".pushsection .extable, \"a\", @progbits\n"
                         ".quad 1b, 2b, 3b\n"
                         ".popsection"
                         : "+r"(failed)
                         : "m"(*area));
    return !failed;
}

void fpu_restore(struct xsave_area *area, uint64_t xcr0)
{
    if (fpu_layout.allowed && read_xcr0() != xcr0)
        xsetbv(0, xcr0);
    if (error_pointers_leak)
        clear_error_pointers(area);
    if (unlikely(!load(area))) {
        fpu_init_state(area);
        load(area);
    }
}

void fpu_change_xcr0(struct xsave_area *area, uint64_t from, uint64_t to)
{
    fpu_save(area);
    /* One that was off may hold what another vcpu left; one that goes off must
     * not be in the area. */
    area->xstate_bv &= from & to;
    fpu_restore(area, to);
}
