/*
 * start.c - from the hypervisor's entry to the program's: brings up each room
 * in turn and builds the stack that a Linux process starts with.
 * Layer: boot. Source: the x86-64 ABI supplement, "process initialization".
 */
#include <elf.h>

#include "boot/args.h"
#include "boot/control.h"
#include "boot/module.h"
#include "lib/string.h"
#include "mm/pages.h"
#include "mm/space.h"
#include "mm/stack.h"
#include "sched/faults.h"
#include "sched/signal.h"
#include "sys/sys.h"
#include "vfs/proc.h"
#include "xen/clock.h"
#include "xen/console.h"
#include "xen/entropy.h"
#include "xen/hypercall.h"
#include "xen/shared.h"
#include "xen/traps.h"

extern const Elf64_Ehdr __ehdr_start;
noreturn_ void uk_run_program(uint64_t sp);
noreturn_ void uk_start(const struct start_info *start);

static struct start_info kept;
static char words[MAX_GUEST_CMDLINE + 64];

static const char *const default_environment[] = {"PATH=/bin:/usr/bin",
                                                  "HOME=/", "TERM=vt100"};

/* The vectors grow upwards from *at. */
static void push_words(uint64_t **at, const char **word, int n)
{
    for (; n > 0; n--) {
        *(*at)++ = (uintptr_t)*word;
        *word += strlen(*word) + 1;
    }
}

static bool has_variable(const char *word, int n, const char *assignment)
{
    for (; n > 0; n--, word += strlen(word) + 1) {
        size_t name = 0;

        while (assignment[name] != '=')
            name++;
        if (strncmp(word, assignment, name + 1) == 0)
            return true;
    }
    return false;
}

static void push_environment(uint64_t **at, int n)
{
    const char *word = words;

    push_words(at, &word, n);
    for (unsigned i = 0; i < array_size(default_environment); i++)
        if (!has_variable(words, n, default_environment[i]))
            *(*at)++ = (uintptr_t)default_environment[i];
    *(*at)++ = 0;
}

static void push_auxiliary(uint64_t **at, const uint64_t *random,
                           const char *name)
{
    const uint64_t pairs[][2] = {
        {AT_PHDR, (uintptr_t)&__ehdr_start + __ehdr_start.e_phoff},
        {AT_PHENT, sizeof(Elf64_Phdr)},
        {AT_PHNUM, __ehdr_start.e_phnum},
        {AT_PAGESZ, PAGE_BYTES},
        {AT_RANDOM, (uintptr_t)random},
        {AT_EXECFN, (uintptr_t)name},
        {AT_UID, 0},
        {AT_EUID, 0},
        {AT_GID, 0},
        {AT_EGID, 0},
        {AT_SECURE, 0},
        {AT_CLKTCK, 100},
        {AT_NULL, 0},
    };

    memcpy(*at, pairs, sizeof(pairs));
    *at += sizeof(pairs) / sizeof(**at);
}

/* Splits the command line; gives the number of words, of which the first
 * *assignments are the environment's. */
static int read_command_line(const struct start_info *start, int *assignments)
{
    char line[MAX_GUEST_CMDLINE + 1] = "";
    char *end;
    int n;

    /* A longer one has been cut off without a word. */
    memcpy(line, start->cmd_line, MAX_GUEST_CMDLINE);
    if (strlen(line) >= MAX_GUEST_CMDLINE - 1)
        console_panic("command line: more than %d bytes",
                      MAX_GUEST_CMDLINE - 2);
    n = args_split(line, words, sizeof(words) - 8, &end);
    if (n < 0)
        console_panic("command line: a quote is left open");
    *assignments = args_count_environment(words, n);
    if (*assignments == n) {
        memcpy(end, "program", sizeof("program"));
        n++;
    }
    return n;
}

/* The program begins where PWD says. */
static void enter_directory(int assignments)
{
    const char *word = words;
    long error = 0;

    for (; assignments > 0; assignments--) {
        if (strncmp(word, "PWD=", 4) == 0)
            error = sys_chdir(word + 4);
        if (error)
            console_panic("%s: error %ld", word, -error);
        word += strlen(word) + 1;
    }
}

/* Builds it at the top of the stack, and gives where it begins. */
static uint64_t build_stack(const struct start_info *start, char *top)
{
    int assignments, n = read_command_line(start, &assignments);
    uint64_t *random = (uint64_t *)(void *)(top - 2 * sizeof(uint64_t));
    uint64_t *base = random - (n + 64), *at;
    const char *word = words;

    enter_directory(assignments);
    base = (uint64_t *)((uintptr_t)base & ~15UL);
    entropy_fill(random, 2 * sizeof(*random));
    for (int i = 0; i < assignments; i++)
        word += strlen(word) + 1;
    proc_init(word, n - assignments);
    at = base;
    *at++ = (uint64_t)(n - assignments);
    push_words(&at, &word, n - assignments);
    *at++ = 0;
    push_environment(&at, assignments);
    push_auxiliary(&at, random, (const char *)base[1]);
    return (uintptr_t)base;
}

static char *stack_top(void)
{
    uint64_t top = stack_init();

    if (!top)
        console_panic("no memory for a stack");
    return (char *)top;
}

static const struct trap_hooks hooks = {
    .mend = fault_mend,
    .fault = fault_of_program,
    .leave = signals_deliver,
};

/* Where it is seen through the direct map. */
static uint64_t module_address(const struct start_info *start)
{
    if (start->flags & SIF_MOD_START_PFN)
        return DIRECT_BASE + (start->mod_start << 12);
    return DIRECT_BASE + start->mod_start;
}

noreturn_ void uk_start(const struct start_info *start)
{
    struct start_info *page = direct((uint32_t)((uintptr_t)start >> 12));
    uint64_t entered_ns;

    kept = *start;
    shared_init(start);
    entered_ns = clock_monotonic_ns();
    console_init(start);
    traps_init();
    entropy_stir(shared_info()->wc_sec ^ (uint64_t)shared_info()->wc_nsec
                                             << 32);
    pages_init(start);
    kept.mod_start = module_address(&kept);
    space_init();
    sched_init(entered_ns);
    signals_init();
    traps_set_hooks(&hooks);
    vfs_init();
    if (kept.mod_len)
        module_unpack((const char *)kept.mod_start, kept.mod_len);
    control_init(page);
    sched_start_others();
    uk_run_program(build_stack(&kept, stack_top()));
}
