/*
 * irq/vector.c - interrupt vectors: allocation and dispatch. Layer: irq.
 * Locks: table_lock, a leaf, for changes; dispatch reads without it.
 */
#include "irq/irq_internal.h"

#include "abi/errno.h"
#include "cpu/spinlock.h"
#include "lib/log.h"
#include "mm/alloc.h"

#define VECTORS 256
/* Gates that guests use by `int n`: never a device's. */
#define VECTOR_LINUX_SYSCALL 0x80
#define VECTOR_HYPERCALL     0x82

struct vector_entry {
    void (*fn)(void *arg);
    void *arg;
};

_Static_assert(sizeof(struct vector_entry) * VECTORS == PAGE_SIZE, "one page");

static struct vector_entry boot_table[VECTORS];
static struct vector_entry *tables[CPUS_MAX] = {boot_table};
/* The one to try next: a freed vector is not reused at once, since its last
 * interrupt may be on its way. */
static uint8_t next_vector[CPUS_MAX];
static void (*own[VECTORS - VECTOR_OWN_FIRST])(void);
static struct spinlock table_lock = SPINLOCK_INIT(LOCK_LEAF);

void vector_register(uint8_t vector, void (*fn)(void))
{
    BUG_ON(vector < VECTOR_OWN_FIRST);
    own[vector - VECTOR_OWN_FIRST] = fn;
}

static bool vector_is_free(const struct vector_entry *table, uint8_t vector)
{
    return vector != VECTOR_LINUX_SYSCALL && vector != VECTOR_HYPERCALL &&
           !table[vector].fn;
}

static uint8_t vector_after(uint8_t vector)
{
    if (vector < VECTOR_DYNAMIC_FIRST || vector >= VECTOR_DYNAMIC_LAST)
        return VECTOR_DYNAMIC_FIRST;
    return (uint8_t)(vector + 1);
}

/* 0: none is free. */
static uint8_t vector_find(const struct vector_entry *table, uint8_t vector)
{
    for (int n = VECTOR_DYNAMIC_FIRST; n <= VECTOR_DYNAMIC_LAST; n++) {
        vector = vector_after(vector);
        if (vector_is_free(table, vector))
            return vector;
    }
    return 0;
}

int vector_alloc(struct cpu *cpu, void (*fn)(void *arg), void *arg)
{
    struct vector_entry *table = tables[cpu->id];
    uint8_t vector;

    spin_lock(&table_lock);
    vector = vector_find(table, next_vector[cpu->id]);
    if (vector) {
        next_vector[cpu->id] = vector;
        table[vector].arg = arg;
        __atomic_store_n(&table[vector].fn, fn, __ATOMIC_RELEASE);
    }
    spin_unlock(&table_lock);
    return vector ? vector : -ENOSPC;
}

void vector_free(struct cpu *cpu, uint8_t vector)
{
    WRITE_ONCE(tables[cpu->id][vector].fn, NULL);
}

/* Nobody's: left by the firmware, freed a moment ago, or not ours at all. */
static void vector_unexpected(uint8_t vector)
{
    if (lapic_in_service(vector))
        lapic_eoi();
    printk(XENLOG_G_WARNING "CPU%u: nobody waits for interrupt %#x\n",
           this_cpu()->id, vector);
}

static void vector_dispatch_own(uint8_t vector)
{
    void (*fn)(void) = own[vector - VECTOR_OWN_FIRST];

    if (!fn) {
        vector_unexpected(vector);
        return;
    }
    fn();
    lapic_eoi();
}

static void vector_dispatch(uint8_t vector, struct cpu_regs *regs)
{
    struct vector_entry *entry = &tables[this_cpu()->id][vector];
    void (*fn)(void *arg);

    (void)regs;
    if (vector == VECTOR_SPURIOUS)
        return; /* has no bit in service: must not be acknowledged */
    if (vector >= VECTOR_OWN_FIRST) {
        vector_dispatch_own(vector);
        return;
    }
    fn = __atomic_load_n(&entry->fn, __ATOMIC_ACQUIRE);
    if (!fn) {
        vector_unexpected(vector);
        return;
    }
    fn(entry->arg);
    lapic_eoi();
}

void __init vector_init(void)
{
    interrupt_register(vector_dispatch);
}

void __init vector_init_cpu(struct cpu *cpu)
{
    if (tables[cpu->id])
        return;
    tables[cpu->id] = pages_alloc(0);
    if (!tables[cpu->id])
        panic("no memory for the vectors of CPU%u", cpu->id);
}
