/*
 * hypercall/pirq.h - a domain's physical interrupts, by number. Layer:
 * hypercall.
 *
 * Numbers below the count of GSIs are GSIs, those above messages. A level
 * interrupt is masked from its arrival to the guest's EOI; edges and messages
 * need none. Functions return 0 or a negative errno value; a number that is not
 * the domain's gives -EINVAL.
 */
#ifndef HYPERCALL_PIRQ_H
#define HYPERCALL_PIRQ_H

#include "domain/domain.h"
#include "pci/pci.h"

/* Only a privileged domain has any. */
extern const struct domain_unit pirq_unit;

/* Tells evtchn/ how to bind and unbind. Once, at boot. */
void pirq_init(void);

/* Makes the GSI's number usable; it may be so already. */
int pirq_map_gsi(struct domain *d, uint32_t gsi);

/* One message of a device. */
struct pirq_message {
    struct pci_address device;
    bool is_msix;
    uint16_t entry; /* of the MSI-X table */
};
/*
 * Programs the device with a new vector, masked. *number: one from
 * pirq_reserve(), or -1: any. -EEXIST: it has a number already; -ENODEV,
 * -ENOMEM, -EINVAL: see msi_find(); -ENOSPC: no vector or number is free.
 */
int pirq_map_message(struct domain *d, const struct pirq_message *m,
                     int *number);
int pirq_unmap(struct domain *d, uint32_t number);
/* A number for pirq_map_message() later, or -ENOSPC. */
int pirq_reserve(struct domain *d);

/* Trigger and polarity. -EEXIST: they are known; -EINVAL: no such pin. */
int pirq_setup_gsi(struct domain *d, uint32_t gsi, bool level, bool low);

/* The guest has served the interrupt: level ones may come again. */
int pirq_eoi(struct domain *d, uint32_t number);
/* XENIRQSTAT_* of a number. */
int pirq_status(struct domain *d, uint32_t number, uint32_t *flags);
/* -EINVAL: no number of the domain's; -EPERM: it stands for nothing. */
int pirq_check_mapped(struct domain *d, uint32_t number);
/* The vector of a GSI, 0 if it has none. */
int pirq_vector(struct domain *d, uint32_t gsi, uint32_t *vector);
/* Shows in a page of the domain's which numbers need an EOI. -EBUSY: there is
 * one; -EINVAL: the frame is not the domain's to write. */
int pirq_set_eoi_page(struct domain *d, mfn_t page);
/* That page, if there is one. */
bool pirq_eoi_page(const struct domain *d, mfn_t *page);

/* Programs the device's messages again, after it was reset. */
void pirq_restore_messages(struct domain *d, struct pci_address device);
/* Unmaps them: the device goes. */
void pirq_forget_device(struct domain *d, struct pci_address device);

#endif
