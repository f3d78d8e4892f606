/*
 * sibling.h - other domains: made, started, watched and destroyed by domctl.
 *
 * A sibling is a copy of the test's own image, at the same addresses, with its
 * data as they are when it is made and with zeroed bss. It starts with one
 * function, has the whole library, and ends when that returns. What it prints
 * its maker prints for it, so its checks count.
 */
#ifndef SIBLING_H
#define SIBLING_H

#include "types.h"

/* One order about a domain; cmd, version and domain are filled in. */
long domain_op(unsigned cmd, unsigned domid, struct xen_domctl *op);
/* The same without arguments. */
long domain_do(unsigned cmd, unsigned domid);
/* A PV domain's arguments for createdomain. */
struct xen_domctl domain_config(unsigned vcpus);
/* A domain with so many vcpus, and room for so many pages. */
domid_t domain_new(unsigned vcpus, uint64_t max_pages);
/* Destroys it, and waits until its number is free; then it is dead as long as
 * others hold something of it. */
void domain_destroy(unsigned domid);
/* Of this very domain; false: there is none. */
bool domain_info(unsigned domid, struct xen_domctl_getdomaininfo *info);
bool domain_exists(unsigned domid);
/* Gives it pages for pfns from `pfn` on; how many there were. */
unsigned domain_populate(unsigned domid, uint64_t pfn, unsigned n,
                         uint64_t *mfns);
/* Of all the machine, those nobody has; and once what is being freed is free.
 */
uint64_t free_pages(void);
uint64_t free_pages_settled(void);

/* Another domain's frame in our window, or NULL; and our own page there again.
 * At most 16 at once. */
void *foreign_map(unsigned domid, uint64_t mfn, bool write);
void foreign_unmap(void *page);
/* One that is dying as long as a page of it is here, until foreign_unmap(). */
domid_t domain_new_dying(void **page);

#define SIBLING_PAGES 1024
struct sibling {
    domid_t id;
    uint64_t mfn[SIBLING_PAGES]; /* of each pfn */
    uint64_t l4;                 /* its pfn */
};

/* All but the last step: it is paused. */
void sibling_make(struct sibling *s, unsigned vcpus, void (*fn)(void));
struct vcpu_guest_context *sibling_context(const struct sibling *s);
void sibling_start(const struct sibling *s);
void sibling_unpause(const struct sibling *s);
/* Made and started. */
void sibling_run(struct sibling *s, void (*fn)(void));
/* Until it has shut down: the reason. Prints what it said. */
unsigned sibling_wait(const struct sibling *s);
/* A variable of the sibling's, for foreign_unmap(). */
void *sibling_at(const struct sibling *s, const volatile void *va);
/* In the sibling: */
__attribute__((noreturn)) void shut_down(unsigned reason);

/* In an image of `make FAULTS=1` the hypervisor's nth allocation from now on
 * fails; 0: none does. */
void fault_at(unsigned n);

/* Lets others run for a moment. */
void yield(void);
/* Until the condition holds; false: it did not in 4 G cycles. */
#define EVENTUALLY(condition)                                                  \
    ({                                                                         \
        uint64_t end_ = rdtsc() + (4UL << 30);                                 \
        bool holds_;                                                           \
        while (!(holds_ = (condition)) && rdtsc() < end_)                      \
            yield();                                                           \
        holds_;                                                                \
    })

#endif
