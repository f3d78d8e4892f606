/*
 * debug/faults.c - in the image of `make FAULTS=1` only: lets one allocation
 * fail, the nth from when a debug key asked for it (F, digits, a dot), and says
 * whose it was. The linker puts it before the allocator (--wrap); nothing else
 * knows of it. Layer: debug.
 */
#include "console/console.h"
#include "console/symbols.h"
#include "debug/keys.h"
#include "lib/log.h"
#include "mm/alloc.h"

bool __real_frames_alloc(unsigned order, unsigned addr_bits, mfn_t *first);
bool __wrap_frames_alloc(unsigned order, unsigned addr_bits, mfn_t *first);
void *__real_pages_alloc(unsigned order);
void *__wrap_pages_alloc(unsigned order);
void __real_debug_keys_init(void);
void __wrap_debug_keys_init(void);

static uint32_t until_fault; /* 0: none is wanted */
static uint32_t number;      /* being typed */
static bool typing;

static bool fails(uint64_t caller)
{
    struct symbol symbol;

    if (!READ_ONCE(until_fault) ||
        __atomic_sub_fetch(&until_fault, 1, __ATOMIC_RELAXED))
        return false;
    if (symbol_lookup(caller, &symbol))
        printk(XENLOG_INFO "fault: in %s\n", symbol.name);
    return true;
}

bool __wrap_frames_alloc(unsigned order, unsigned addr_bits, mfn_t *first)
{
    return !fails((uint64_t)__builtin_return_address(0)) &&
           __real_frames_alloc(order, addr_bits, first);
}

void *__wrap_pages_alloc(unsigned order)
{
    return fails((uint64_t)__builtin_return_address(0))
               ? NULL
               : __real_pages_alloc(order);
}

static void faults_key(char key)
{
    if (key == 'F') {
        typing = true;
        number = 0;
    } else if (typing && key >= '0' && key <= '9') {
        number = number % 100000 * 10 + (uint32_t)(key - '0');
    } else if (typing) {
        typing = false;
        WRITE_ONCE(until_fault, number);
    } else {
        debug_key(key);
    }
}

void __wrap_debug_keys_init(void)
{
    __real_debug_keys_init();
    console_set_key_handler(faults_key);
}
