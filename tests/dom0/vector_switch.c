/*
 * vector_switch.c - x87, SSE and (where the CPU and the system offer it) AVX
 * registers survive 10,000 context switches between two processes, and
 * preemption by the timer.
 *
 * Each round loads a whole register image, waits for the other process inside
 * one asm statement, and stores the image again.
 */
#include <cpuid.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>

#include "check.h"

#define SWITCHES  10000
#define PREEMPTED 40
#define SPINS     3000000L

#define OSXSAVE    (1u << 27)
#define AVX        (1u << 28)
#define XCR0_X87   1
#define XCR0_SSE   2
#define XCR0_AVX   4
#define AVX_OFFSET 576
#define AREA_BYTES 4096
#define ST_OFFSET  32
#define XMM_OFFSET 160
#define XSTATE_BV  512

static unsigned char wanted[AREA_BYTES] __attribute__((aligned(64)));
static unsigned char found[AREA_BYTES] __attribute__((aligned(64)));
static uint64_t components;

static uint64_t enabled_components(void)
{
    unsigned a, b, c, d;

    if (!__get_cpuid(1, &a, &b, &c, &d) || !(c & OSXSAVE))
        return 0;
    __asm__("xgetbv" : "=a"(a), "=d"(d) : "c"(0));
    if (!(c & AVX))
        a &= ~(unsigned)XCR0_AVX;
    return a & (XCR0_X87 | XCR0_SSE | XCR0_AVX);
}

/* A register image that no other seed gives. */
static void make_image(uint64_t seed)
{
    static const uint16_t control[] = {0x37f, 0x27f, 0xf7f, 0xb7f};
    uint32_t mxcsr = 0x1f80 | (uint32_t)(seed & 3) << 13;

    memset(wanted, 0, sizeof(wanted));
    memcpy(wanted, &control[seed & 3], 2);
    wanted[4] = 0xff; /* all eight x87 registers are in use */
    memcpy(wanted + 24, &mxcsr, 4);
    for (int i = 0; i < 8; i++) {
        uint64_t mantissa = next_random(&seed) | 1ULL << 63;
        uint16_t exponent = 0x3fff;

        memcpy(wanted + ST_OFFSET + 16 * i, &mantissa, 8);
        memcpy(wanted + ST_OFFSET + 16 * i + 8, &exponent, 2);
    }
    for (int i = 0; i < 32; i++) {
        uint64_t low = next_random(&seed), high = next_random(&seed);

        memcpy(wanted + XMM_OFFSET + 8 * i, &low, 8);
        memcpy(wanted + AVX_OFFSET + 8 * i, &high, 8);
    }
    memcpy(wanted + XSTATE_BV, &components, 8);
}

static void compare(const char *what, size_t offset, size_t bytes)
{
    for (size_t i = offset; i < offset + bytes; i++)
        if (found[i] != wanted[i])
            fail("%s: byte %zu is %#x, not %#x", what, i - offset, found[i],
                 wanted[i]);
}

static void compare_images(void)
{
    compare("x87 control word", 0, 2);
    compare("MXCSR", 24, 4);
    for (int i = 0; i < 8; i++)
        compare("x87 register", (size_t)(ST_OFFSET + 16 * i), 10);
    compare("XMM registers", XMM_OFFSET, 256);
    if (components & XCR0_AVX)
        compare("upper halves of YMM registers", AVX_OFFSET, 256);
}

#define LOAD_IMAGE                                                             \
    "test %%r12, %%r12\n jz 1f\n"                                              \
    "mov %%r12, %%rax\n xor %%edx, %%edx\n xrstor (%[in])\n jmp 2f\n"          \
    "1: fxrstor (%[in])\n 2:\n"
#define STORE_IMAGE                                                            \
    "test %%r12, %%r12\n jz 1f\n"                                              \
    "mov %%r12, %%rax\n xor %%edx, %%edx\n xsave (%[out])\n jmp 2f\n"          \
    "1: fxsave (%[out])\n 2: fninit\n"

/* Writes one byte to fd_out and reads one from fd_in with the image loaded. */
static void hand_over(long fd_out, long fd_in)
{
    char byte = 0;

    __asm__ volatile(
        "mov %[mask], %%r12\n" LOAD_IMAGE
        "mov %[wr], %%eax\n mov %[fdo], %%rdi\n"
        "mov %[byte], %%rsi\n mov $1, %%edx\n syscall\n"
        "mov %[rd], %%eax\n mov %[fdi], %%rdi\n"
        "mov %[byte], %%rsi\n mov $1, %%edx\n syscall\n" STORE_IMAGE
        :
        : [mask] "r"(components), [in] "r"(wanted), [out] "r"(found),
          [fdo] "r"(fd_out), [fdi] "r"(fd_in), [byte] "r"(&byte),
          [wr] "i"(SYS_write), [rd] "i"(SYS_read)
        : "rax", "rcx", "rdx", "rsi", "rdi", "r11", "r12", "memory", "cc");
}

/* Spins with the image loaded; only the timer takes the CPU away. */
static void spin(void)
{
    long count = SPINS;

    __asm__ volatile(
        "mov %[mask], %%r12\n" LOAD_IMAGE
        "3: dec %[count]\n jnz 3b\n" STORE_IMAGE
        : [count] "+r"(count)
        : [mask] "r"(components), [in] "r"(wanted), [out] "r"(found)
        : "rax", "rdx", "r12", "memory", "cc");
}

static void set_initial(void)
{
    uint32_t mxcsr = 0x1f80;

    __asm__ volatile("fninit\n ldmxcsr %0" : : "m"(mxcsr));
}

static void be_preempted(uint64_t seed)
{
    for (int i = 0; i < PREEMPTED; i++) {
        make_image(seed * 3 + (uint64_t)i);
        spin();
        set_initial();
        compare_images();
    }
}

/* One token goes round, so that every hand-over is a switch of process. */
static void exercise(int fd_out, int fd_in, uint64_t seed, int rounds)
{
    for (int i = 0; i < rounds; i++) {
        make_image(seed + (uint64_t)i);
        hand_over(fd_out, fd_in);
        set_initial();
        compare_images();
    }
}

static void be_child(int fd_out, int fd_in)
{
    char token;

    CHECK(read(fd_in, &token, 1) == 1);
    exercise(fd_out, fd_in, 0x1234567, SWITCHES / 2 - 1);
    CHECK(write(fd_out, &token, 1) == 1);
    be_preempted(0x1234567);
    _exit(0);
}

int main(void)
{
    int there[2], back[2], status;
    struct rusage usage;
    pid_t pid;

    components = enabled_components();
    CHECK(pipe(there) == 0 && pipe(back) == 0);
    pid = fork();
    CHECK(pid >= 0);
    if (pid == 0)
        be_child(back[1], there[0]);
    exercise(there[1], back[0], 0x7654321, SWITCHES / 2);
    be_preempted(0x7654321);
    CHECK(waitpid(pid, &status, 0) == pid);
    CHECK_EQUAL(status, 0);
    CHECK(getrusage(RUSAGE_SELF, &usage) == 0);
    return pass("x87, SSE%s survived %d hand-overs (%ld + %ld switches)",
                components & XCR0_AVX ? ", AVX" : "", SWITCHES, usage.ru_nvcsw,
                usage.ru_nivcsw);
}
