/*
 * fpu.c - see fpu.h. Source: Intel's manual, volume 1, 13 (XSAVE); Linux's
 * struct _fpx_sw_bytes for frames of signals.
 */
#include <sys/mman.h>

#include "lib/string.h"
#include "mm/space.h"
#include "sched/fpu.h"
#include "xen/cpus.h"

#define MAGIC_FIRST 0x46505853U
#define MAGIC_LAST  0x46505845U
#define OSXSAVE     (1UL << 18) /* of CR4 */
#define PKRU        (1UL << 9)  /* a PV guest's is the hypervisor's */
#define MXCSR_FIRST 0xffbfU     /* of processors that do not say */

enum {
    LEGACY = 512,
    MXCSR_AT = 24,
    MXCSR_MASK_AT = 28,
    SOFTWARE_AT = 464,
    HEADER_BYTES = 64,
    HAS_XSAVE = 1 << 26
};

struct software {
    uint32_t magic, bytes_with_magic;
    uint64_t features;
    uint32_t bytes;
};

uint64_t fpu_features;
uint32_t fpu_bytes = LEGACY;
static uint32_t mxcsr_known; /* another bit of it would fault */

/* What the hypervisor gives may be less than what the processor has. */
static void cpuid(uint32_t leaf, uint32_t *r)
{
    __asm__ volatile("ud2; .ascii \"xen\"; cpuid"
                     : "=a"(r[0]), "=b"(r[1]), "=c"(r[2]), "=d"(r[3])
                     : "a"(leaf), "c"(0));
}

static bool has_xsave(void)
{
    uint32_t r[4];
    uint32_t a = 1, b, c = 0, d;

    __asm__ volatile("cpuid" : "+a"(a), "=b"(b), "+c"(c), "=d"(d));
    if (!(c & HAS_XSAVE))
        return false;
    cpuid(1, r);
    return r[2] & HAS_XSAVE;
}

static uint32_t read_mxcsr_mask(void)
{
    struct {
        _Alignas(16) char bytes[LEGACY];
    } image;
    uint32_t mask;

    __asm__ volatile("fxsave %0" : "=m"(image));
    memcpy(&mask, image.bytes + MXCSR_MASK_AT, sizeof(mask));
    return mask ? mask : MXCSR_FIRST;
}

void fpu_init(void)
{
    uint32_t r[4];
    uint64_t cr4;

    mxcsr_known = read_mxcsr_mask();
    if (!has_xsave())
        return;
    cpuid(0xd, r);
    fpu_features = (r[0] | (uint64_t)r[3] << 32) & ~PKRU;
    __asm__ volatile("mov %%cr4, %0" : "=r"(cr4));
    __asm__ volatile("mov %0, %%cr4" : : "r"(cr4 | OSXSAVE));
    __asm__ volatile("xsetbv"
                     :
                     : "a"((uint32_t)fpu_features),
                       "d"((uint32_t)(fpu_features >> 32)), "c"(0));
    cpuid(0xd, r);
    fpu_bytes = r[1];
}

/* What says that there is more than the first 512 bytes. */
static void describe(char *at)
{
    const uint32_t last = MAGIC_LAST;
    const struct software s = {.magic = MAGIC_FIRST,
                               .bytes_with_magic = fpu_bytes + FPU_MAGIC_BYTES,
                               .features = fpu_features,
                               .bytes = fpu_bytes};

    memset(at + SOFTWARE_AT, 0, LEGACY - SOFTWARE_AT);
    memcpy(at + SOFTWARE_AT, &s, sizeof(s));
    memcpy(at + fpu_bytes, &last, sizeof(last));
}

void fpu_save_for_program(char *at)
{
    if (!fpu_features) {
        fpu_save(at);
        return;
    }
    memset(at + LEGACY, 0, HEADER_BYTES);
    fpu_save(at);
    describe(at);
}

/* Is more than the first part what was saved? */
static bool is_whole(const char *at)
{
    struct software s;
    uint32_t last;

    memcpy(&s, at + SOFTWARE_AT, sizeof(s));
    if (!fpu_features || s.magic != MAGIC_FIRST || s.bytes != fpu_bytes ||
        !space_allows(at, fpu_bytes + FPU_MAGIC_BYTES, PROT_READ))
        return false;
    memcpy(&last, at + fpu_bytes, sizeof(last));
    return last == MAGIC_LAST;
}

static void load_at_once(char *at)
{
    uint32_t *mxcsr = (uint32_t *)(void *)(at + MXCSR_AT);

    *mxcsr &= mxcsr_known;
    fpu_load(at);
}

/*
 * Nothing that a handler has written may make loading it fault, nor another
 * thread meanwhile.
 */
void fpu_load_from_program(char *at, bool writable, char *buffer)
{
    uint64_t present = 3;
    uint32_t mxcsr;

    if (!fpu_features && writable && !uk_many_cpus && (uintptr_t)at % 16 == 0) {
        load_at_once(at);
        return;
    }
    if (fpu_features)
        memset(buffer, 0, fpu_bytes);
    memcpy(buffer, at, LEGACY);
    if (is_whole(at)) {
        memcpy(&present, at + LEGACY, sizeof(present));
        memcpy(buffer + LEGACY + HEADER_BYTES, at + LEGACY + HEADER_BYTES,
               fpu_bytes - LEGACY - HEADER_BYTES);
    }
    present &= fpu_features;
    if (fpu_features)
        memcpy(buffer + LEGACY, &present, sizeof(present));
    memcpy(&mxcsr, buffer + MXCSR_AT, sizeof(mxcsr));
    mxcsr &= mxcsr_known;
    memcpy(buffer + MXCSR_AT, &mxcsr, sizeof(mxcsr));
    fpu_load(buffer);
}
