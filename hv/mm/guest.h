/*
 * mm/guest.h - the only way to guest virtual memory. Layer: mm.
 *
 * Addresses are looked up in the page tables that are loaded (the guest's own,
 * kernel pair). A fault, or an address that is not the guest's, gives -EFAULT;
 * what was copied up to there stays copied.
 */
#ifndef MM_GUEST_H
#define MM_GUEST_H

#include "abi/errno.h"
#include "cpu/patch.h"
#include "lib/layout.h"
#include "lib/nospec.h"
#include "lib/types.h"

#if defined(__CHECKER__)
#define GUEST __attribute__((noderef, address_space(1)))
#elif defined(__clang__)
#define GUEST __attribute__((noderef))
#else
#define GUEST
#endif

int guest_read(void *dst, const void GUEST *src, size_t bytes) __must_check;
int guest_write(void GUEST *dst, const void *src, size_t bytes) __must_check;
int guest_clear(void GUEST *dst, size_t bytes) __must_check;

/* A guest address as it came in a register or an ABI structure. */
static inline void GUEST *guest_ptr(uint64_t address)
{
    return (void GUEST *)address;
}

/* The same for a handle of the ABI headers, which has a .p of plain type. */
#define guest_handle(h)         guest_ptr((uint64_t)(h).p)
#define guest_handle_address(h) ((uint64_t)(h).p)

/* True if an access at address cannot reach the hypervisor's range: one that
 * begins below it ends in the non-canonical hole, and faults. */
static inline bool guest_address_is_safe(uint64_t address)
{
    return address >> 43 != HV_VIRT_START >> 43;
}

/* The same address also where the CPU mispredicts that it is safe: then it is
 * one that is not ours. For reads, whose values are used. */
static inline uint64_t guest_address_nospec(uint64_t address)
{
    return spoil_if_zero(address, (address >> 43) ^ (HV_VIRT_START >> 43));
}

/* A place of cpu/patch.h: three bytes of nop. */
#define GUEST_PATCH(id)                                                        \
    "771: .byte 0x0f, 0x1f, 0x00\n\t"                                          \
    ".pushsection .patch, \"a\"\n\t"                                           \
    ".quad 771b\n\t"                                                           \
    ".long " id ", 3\n\t"                                                      \
    ".popsection\n\t"

/* Around the instructions that touch guest memory: a fault sets %[rc]. */
#define GUEST_BEGIN GUEST_PATCH("%c[stac]") "1:\n\t"
#define GUEST_END                                                              \
    "2:\n\t"                                                                   \
    ".pushsection .fixup, \"ax\"\n"                                            \
    "3: mov %[fault], %[rc]\n\t"                                               \
    "jmp 2b\n\t"                                                               \
    ".popsection\n\t"                                                          \
    ".pushsection .extable, \"a\"\n\t"                                         \
    ".quad 1b, 2b, 3b\n\t"                                                     \
    ".popsection\n\t" GUEST_PATCH("%c[clac]")
#define GUEST_CONSTANTS                                                        \
    [fault] "i"(-EFAULT), [stac] "i"(PATCH_ID_STAC), [clac] "i"(PATCH_ID_CLAC)

/* 16 and 4 bytes in, 2 to 8 out, words: what hot paths copy. 0 or -EFAULT. */
static inline int guest_get_128(uint64_t *first, uint64_t *second,
                                uint64_t address)
{
    uint64_t low = 0, high = 0;
    int rc = 0;

    if (unlikely(!guest_address_is_safe(address)))
        return -EFAULT;
    address = guest_address_nospec(address);
    __asm__ volatile(GUEST_BEGIN "mov (%[at]), %[low]\n\t"
                                 "mov 8(%[at]), %[high]\n\t" GUEST_END
                     : [rc] "+r"(rc), [low] "+&r"(low), [high] "+r"(high)
                     : [at] "r"(address), GUEST_CONSTANTS
                     : "memory");
    *first = low;
    *second = high;
    return rc;
}

static inline int guest_get_32(uint32_t *value, uint64_t address)
{
    uint32_t read = 0;
    int rc = 0;

    if (unlikely(!guest_address_is_safe(address)))
        return -EFAULT;
    address = guest_address_nospec(address);
    __asm__ volatile(GUEST_BEGIN "movl (%[at]), %[read]\n\t" GUEST_END
                     : [rc] "+r"(rc), [read] "+r"(read)
                     : [at] "r"(address), GUEST_CONSTANTS
                     : "memory");
    *value = read;
    return rc;
}

/* int guest_put_32(uint64_t address, uint32_t value), and so on. */
#define GUEST_PUT(bits, instruction)                                           \
    static inline int guest_put_##bits(uint64_t address, uint##bits##_t value) \
    {                                                                          \
        int rc = 0;                                                            \
                                                                               \
        if (unlikely(!guest_address_is_safe(address)))                         \
            return -EFAULT;                                                    \
        __asm__ volatile(                                                      \
            GUEST_BEGIN instruction " %[value], (%[at])\n\t" GUEST_END         \
            : [rc] "+r"(rc)                                                    \
            : [at] "r"(address), [value] "r"(value), GUEST_CONSTANTS           \
            : "memory");                                                       \
        return rc;                                                             \
    }
GUEST_PUT(32, "movl")
GUEST_PUT(64, "movq")

/* Less than 2^40 words; a fault leaves the rest of dst as it was. */
static inline int guest_get_words(void *dst, uint64_t address, size_t words)
{
    int rc = 0;

    if (unlikely(!guest_address_is_safe(address)))
        return -EFAULT;
    address = guest_address_nospec(address);
    __asm__ volatile(GUEST_BEGIN "rep movsq\n\t" GUEST_END
                     : [rc] "+r"(rc), "+D"(dst), "+S"(address), "+c"(words)
                     : GUEST_CONSTANTS
                     : "memory");
    return rc;
}

#if __STDC_HOSTED__ /* guest_write() is a test's */
static inline int guest_put_16(uint64_t address, uint16_t value)
{
    return guest_write(guest_ptr(address), &value, sizeof(value));
}

static inline int guest_put_words(uint64_t address, const void *src,
                                  size_t words)
{
    return guest_write(guest_ptr(address), src, 8 * words);
}

static inline size_t guest_put_16_each(uint64_t address, const void *src,
                                       size_t stride, size_t count)
{
    for (; count && !guest_write(guest_ptr(address), src, 2); count--) {
        address += stride;
        src = (const char *)src + stride;
    }
    return count;
}
#else
GUEST_PUT(16, "movw")

/* Less than 2^40 words, as above. */
static inline int guest_put_words(uint64_t address, const void *src,
                                  size_t words)
{
    int rc = 0;

    if (unlikely(!guest_address_is_safe(address)))
        return -EFAULT;
    __asm__ volatile(GUEST_BEGIN "rep movsq\n\t" GUEST_END
                     : [rc] "+r"(rc), "+D"(address), "+S"(src), "+c"(words)
                     : GUEST_CONSTANTS
                     : "memory");
    return rc;
}

/* A field of each of `count` structures, one page of them at most: how many of
 * them, the last ones, could not be written. */
static inline size_t guest_put_16_each(uint64_t address, const void *src,
                                       size_t stride, size_t count)
{
    uint16_t value;
    int rc = 0;

    if (unlikely(!count || !guest_address_is_safe(address)))
        return count;
    __asm__ volatile(GUEST_BEGIN "4: movw (%[src]), %[value]\n\t"
                                 "movw %[value], (%[at])\n\t"
                                 "add %[stride], %[src]\n\t"
                                 "add %[stride], %[at]\n\t"
                                 "sub $1, %[count]\n\t"
                                 "jnz 4b\n\t" GUEST_END
                     : [rc] "+r"(rc), [at] "+r"(address), [src] "+r"(src),
                       [count] "+r"(count), [value] "=&r"(value)
                     : [stride] "er"(stride), GUEST_CONSTANTS
                     : "memory", "cc");
    return count;
}
#endif

/* One value in or out: 0 or -EFAULT. In tests guest_read() is a stand-in. */
#if __STDC_HOSTED__
#define guest_get(dst, address)                                                \
    guest_read((dst), guest_ptr(address), sizeof(*(dst)))
#else
#define guest_get(dst, address)                                                \
    (sizeof(*(dst)) % 8                                                        \
         ? guest_read((dst), guest_ptr(address), sizeof(*(dst)))               \
         : guest_get_words((dst), (address), sizeof(*(dst)) / 8))
#endif
#define guest_put(address, src)                                                \
    guest_write(guest_ptr(address), (src), sizeof(*(src)))

#endif
