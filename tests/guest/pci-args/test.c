/*
 * The PCI and interrupt calls of physdev_op refuse devices that are not there
 * and arguments that cannot be read, and take those of this machine.
 */
/* not-as-guest: it gives a toolstack's orders */
#include "guest.h"

static void pointers(void)
{
    static const unsigned ops[] = {
        PHYSDEVOP_apic_read,        PHYSDEVOP_alloc_irq_vector,
        PHYSDEVOP_manage_pci_add,   PHYSDEVOP_manage_pci_remove,
        PHYSDEVOP_restore_msi,      PHYSDEVOP_manage_pci_add_ext,
        PHYSDEVOP_pci_device_add,   PHYSDEVOP_pci_device_remove,
        PHYSDEVOP_restore_msi_ext,  PHYSDEVOP_pci_mmcfg_reserved,
        PHYSDEVOP_pirq_eoi_gmfn_v2, PHYSDEVOP_prepare_msix,
        PHYSDEVOP_release_msix};

    for (unsigned i = 0; i < ARRAY_SIZE(ops); i++) {
        CHECK_EQ(physdev_op(ops[i], 0x1000), -EFAULT);
        CHECK_EQ(physdev_op(ops[i], HV_START), -EFAULT);
        CHECK_EQ(physdev_op(ops[i], 0x800000000000), -EFAULT);
    }
}

static void devices(void)
{
    struct physdev_pci_device_add add = {.bus = 0, .devfn = 0};
    struct physdev_pci_device none = {.bus = 250, .devfn = 8};

    CHECK_EQ(physdev_op(PHYSDEVOP_pci_device_add, &add), 0);
    CHECK(physdev_op(PHYSDEVOP_restore_msi_ext, &none) < 0);
    CHECK(physdev_op(PHYSDEVOP_prepare_msix, &none) < 0);
    CHECK(physdev_op(PHYSDEVOP_release_msix, &none) < 0);
}

static void controllers(void)
{
    struct physdev_apic apic = {.apic_physbase = 0xfec00000, .reg = 1};
    struct physdev_irq irq = {.irq = 5000};
    struct physdev_pirq_eoi_gmfn eoi = {.gmfn = ~0UL};

    CHECK_EQ(physdev_op(PHYSDEVOP_apic_read, &apic), 0);
    CHECK_EQ(apic.value >> 16 & 0xff, 23);
    apic.apic_physbase = 0x12345000;
    CHECK(physdev_op(PHYSDEVOP_apic_read, &apic) < 0);
    CHECK_DIFFERS(physdev_op(PHYSDEVOP_alloc_irq_vector, &irq), -EINVAL, 0);
    CHECK_EQ(physdev_op(PHYSDEVOP_free_irq_vector, &irq), -ENOSYS);
    CHECK_EQ(physdev_op(PHYSDEVOP_pirq_eoi_gmfn_v2, &eoi), -EINVAL);
    eoi.gmfn = va_to_mfn(page_alloc());
    CHECK_EQ(physdev_op(PHYSDEVOP_pirq_eoi_gmfn_v2, &eoi), 0);
    CHECK_EQ(physdev_op(PHYSDEVOP_pirq_eoi_gmfn_v2, &eoi), -EBUSY);
}

void test(void)
{
    pointers();
    devices();
    controllers();
}
