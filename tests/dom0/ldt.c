/*
 * ldt.c - modify_ldt: entries can be written, loaded, used for data and for
 * 32-bit code, belong to one process, and are gone when cleared.
 */
#include <asm/ldt.h>
#include <sys/syscall.h>
#include <sys/wait.h>

#include "probe.h"

#define SELECTOR(n) ((uint16_t)((n) << 3 | 7))
#define LAST_ENTRY  8191
#define STACK_BYTES 65536
#define CODE_VALUE  0x600df00d

static uint32_t *low; /* a page below 4 GiB */

static void set_entry(unsigned number, uintptr_t base, unsigned contents)
{
    struct user_desc d = {.entry_number = number,
                          .base_addr = (unsigned)base,
                          .limit = 0xfffff,
                          .seg_32bit = 1,
                          .contents = contents & 3,
                          .limit_in_pages = 1,
                          .useable = 1};

    CHECK_EQUAL(syscall(SYS_modify_ldt, 1, &d, sizeof(d)), 0);
}

static void clear_entry(unsigned number)
{
    struct user_desc d = {
        .entry_number = number, .read_exec_only = 1, .seg_not_present = 1};

    CHECK_EQUAL(syscall(SYS_modify_ldt, 1, &d, sizeof(d)), 0);
}

static uint32_t read_through(unsigned number)
{
    uint32_t value;

    __asm__ volatile("mov %1, %%gs\n"
                     "mov %%gs:0, %0\n"
                     : "=r"(value)
                     : "r"((unsigned)SELECTOR(number)));
    return value;
}

static void load_gs(void *number)
{
    __asm__ volatile("mov %0, %%gs"
                     :
                     : "r"((unsigned)SELECTOR((uintptr_t)number)));
}

static void check_data(void)
{
    unsigned entries[] = {0, 1, 15, 511, 512, 4000, LAST_ENTRY};

    for (unsigned i = 0; i < sizeof(entries) / sizeof(entries[0]); i++) {
        low[i] = 0xabc00000 + i;
        set_entry(entries[i], (uintptr_t)&low[i], MODIFY_LDT_CONTENTS_DATA);
        CHECK_EQUAL(read_through(entries[i]), 0xabc00000 + i);
        load_gs((void *)0);
        clear_entry(i == 0 ? LAST_ENTRY : entries[i]);
    }
    set_entry(1, (uintptr_t)low, MODIFY_LDT_CONTENTS_DATA);
    clear_entry(1);
    CHECK_EQUAL(probe(load_gs, (void *)1), SIGSEGV);
    CHECK_EQUAL(probe_last.vector, 13);
}

/* Runs "mov $CODE_VALUE, %eax; lret" in a 32-bit segment of the LDT. */
static uint32_t call_32bit(unsigned number, char *stack)
{
    static unsigned char code[] = {0xb8, 0x0d, 0xf0, 0x0d, 0x60, 0xcb};
    struct {
        uint32_t offset;
        uint16_t selector;
    } __attribute__((packed)) target = {0, SELECTOR(number)};
    uint32_t result;

    memcpy(stack, code, sizeof(code));
    set_entry(number, (uintptr_t)stack, MODIFY_LDT_CONTENTS_CODE);
    __asm__ volatile("mov %%rsp, %%rbx\n"
                     "mov %2, %%rsp\n"
                     "lcall *(%1)\n"
                     "mov %%rbx, %%rsp\n"
                     : "=&a"(result)
                     : "r"(&target), "r"(stack + STACK_BYTES)
                     : "rbx", "rcx", "rdx", "rsi", "rdi", "r8", "r9", "r10",
                       "r11", "cc", "memory");
    return result;
}

/* Two processes with other contents in the same entry, switching. */
static void check_switches(void)
{
    int there[2], back[2], status;
    char byte = 0;
    pid_t pid;

    set_entry(3, (uintptr_t)&low[100], MODIFY_LDT_CONTENTS_DATA);
    CHECK(pipe(there) == 0 && pipe(back) == 0);
    low[100] = 1;
    low[101] = 2;
    pid = fork();
    CHECK(pid >= 0);
    if (pid == 0)
        set_entry(3, (uintptr_t)&low[101], MODIFY_LDT_CONTENTS_DATA);
    for (int i = 0; i < 1000; i++) {
        if (pid == 0)
            CHECK(read(there[0], &byte, 1) == 1);
        else
            CHECK(write(there[1], &byte, 1) == 1);
        CHECK_EQUAL(read_through(3), pid == 0 ? 2 : 1);
        if (pid == 0)
            CHECK(write(back[1], &byte, 1) == 1);
        else
            CHECK(read(back[0], &byte, 1) == 1);
    }
    if (pid == 0)
        _exit(0);
    CHECK(waitpid(pid, &status, 0) == pid);
    CHECK_EQUAL(status, 0);
}

int main(void)
{
    char *stack;

    low = mmap(NULL, PAGE_BYTES, PROT_READ | PROT_WRITE,
               MAP_PRIVATE | MAP_ANONYMOUS | MAP_32BIT, -1, 0);
    stack = mmap(NULL, STACK_BYTES, PROT_READ | PROT_WRITE | PROT_EXEC,
                 MAP_PRIVATE | MAP_ANONYMOUS | MAP_32BIT, -1, 0);
    CHECK(low != MAP_FAILED && (void *)stack != MAP_FAILED);
    probe_init();
    check_data();
    for (int i = 0; i < 100; i++)
        CHECK_EQUAL(call_32bit(5, stack), CODE_VALUE);
    check_switches();
    return pass("LDT entries for data and 32-bit code, own to a process");
}
