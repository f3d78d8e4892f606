/*
 * pv/ports.c - I/O ports as a domain reaches them. Layer: pv.
 * Locks: config_lock, cmos_lock; leaves. Source: docs/abi.md, I/O ports.
 *
 * A port of the domain's set is accessed as it is. A few are special: PCI's
 * configuration address is latched per domain, CMOS's index too, of the timer
 * dom0 gets only channel 2. All others read as ones, and writes vanish.
 */
#include "console/serial.h"
#include "cpu/port.h"
#include "cpu/spinlock.h"
#include "lib/string.h"
#include "pci/pci.h"
#include "pv/pv.h"

#define PIT_CHANNEL_2 0x42
#define PIT_COMMAND   0x43
#define SPEAKER       0x61
#define CMOS_INDEX    0x70
#define CMOS_DATA     0x71
#define CONFIG_INDEX  0xcf8
#define CONFIG_DATA   0xcfc

#define PIT_READ_BACK        0xc0
#define PIT_SELECT_2         0x80
#define PIT_READ_BACK_2      0x08
#define PIT_READ_BACK_OTHERS 0x06
#define SPEAKER_WRITABLE     0x03
#define CMOS_INDEX_BITS      0x7f

static struct spinlock cmos_lock = SPINLOCK_INIT(LOCK_LEAF);

static bool overlaps(uint32_t port, unsigned bytes, uint32_t first,
                     uint32_t last)
{
    return port <= last && port + bytes > first;
}

/* Does the access go to the port itself? Never to CMOS or the PCI index: the
 * hypervisor, and other domains, use them too. */
static bool is_direct(const struct domain *d, uint16_t port, unsigned bytes)
{
    if (overlaps(port, bytes, CMOS_INDEX, CMOS_DATA) ||
        overlaps(port, bytes, PIT_CHANNEL_2, PIT_COMMAND) ||
        overlaps(port, bytes, SPEAKER, SPEAKER) ||
        overlaps(port, bytes, CONFIG_DATA, CONFIG_DATA + 3) ||
        (port == CONFIG_INDEX && bytes == 4))
        return false;
    return range_set_contains(&d->ioports, port, port + bytes - 1UL);
}

/* The common case of a guest that probes for devices: it has no port at all but
 * the two that are latched. */
static bool nothing_there(const struct domain *d, uint16_t port, unsigned bytes)
{
    return !d->ioports.count && !d->privileged &&
           !overlaps(port, bytes, CMOS_INDEX, CMOS_INDEX) &&
           port != CONFIG_INDEX;
}

static uint8_t cmos_read(struct domain *d)
{
    uint8_t value = 0xff;

    if (!range_set_contains(&d->ioports, CMOS_INDEX, CMOS_DATA))
        return value;
    spin_lock(&cmos_lock);
    out8(CMOS_INDEX, d->cmos_index & CMOS_INDEX_BITS);
    value = in8(CMOS_DATA);
    spin_unlock(&cmos_lock);
    return value;
}

static void cmos_write(struct domain *d, uint8_t value)
{
    if (!range_set_contains(&d->ioports, CMOS_INDEX, CMOS_DATA))
        return;
    spin_lock(&cmos_lock);
    out8(CMOS_INDEX, d->cmos_index & CMOS_INDEX_BITS);
    out8(CMOS_DATA, value);
    spin_unlock(&cmos_lock);
}

/* Channels 0 and 1 are the hypervisor's. */
static void pit_command(uint8_t command)
{
    if ((command & PIT_READ_BACK) == PIT_READ_BACK) {
        if (command & PIT_READ_BACK_2)
            out8(PIT_COMMAND, command & (uint8_t)~PIT_READ_BACK_OTHERS);
    } else if ((command & PIT_READ_BACK) == PIT_SELECT_2) {
        out8(PIT_COMMAND, command);
    }
}

static uint32_t config_read(const struct domain *d, uint16_t port,
                            unsigned bytes)
{
    return d->privileged ? pci_port_read(d->pci_cf8, port, bytes) : ~0U;
}

static void config_write(const struct domain *d, uint16_t port, unsigned bytes,
                         uint32_t value)
{
    if (d->privileged)
        pci_port_write(d->pci_cf8, port, bytes, value);
}

/* One byte of a port that is not direct. */
static uint8_t read_special(struct domain *d, uint16_t port)
{
    switch (port) {
    case PIT_CHANNEL_2:
    case SPEAKER:
        return d->privileged ? in8(port) : 0xff;
    case CMOS_INDEX:
        return d->cmos_index;
    case CMOS_DATA:
        return cmos_read(d);
    default:
        return is_direct(d, port, 1) ? in8(port) : 0xff;
    }
}

static void write_special(struct domain *d, uint16_t port, uint8_t value)
{
    switch (port) {
    case CMOS_INDEX:
        d->cmos_index = value;
        break;
    case CMOS_DATA:
        cmos_write(d, value);
        break;
    case PIT_CHANNEL_2:
        if (d->privileged)
            out8(port, value);
        break;
    case PIT_COMMAND:
        if (d->privileged)
            pit_command(value);
        break;
    case SPEAKER:
        if (d->privileged)
            out8(port, (uint8_t)((in8(port) & ~SPEAKER_WRITABLE) |
                                 (value & SPEAKER_WRITABLE)));
        break;
    default:
        if (is_direct(d, port, 1))
            out8(port, value);
    }
}

/* The widest aligned piece of PCI's data register, or one byte elsewhere. */
static unsigned piece_bytes(uint16_t port, unsigned bytes)
{
    if ((port & ~3U) != CONFIG_DATA || port % 2 || bytes < 2)
        return 1;
    return port % 4 || bytes < 4 ? 2 : 4;
}

static uint32_t read_piece(struct domain *d, uint16_t port, unsigned bytes)
{
    if ((port & ~3U) == CONFIG_DATA)
        return config_read(d, port, bytes);
    return read_special(d, port);
}

static void write_piece(struct domain *d, uint16_t port, unsigned bytes,
                        uint32_t value)
{
    if ((port & ~3U) == CONFIG_DATA)
        config_write(d, port, bytes, value);
    else
        write_special(d, port, (uint8_t)value);
}

uint32_t pv_port_read(struct vcpu *v, uint16_t port, unsigned bytes)
{
    struct domain *d = v->domain;
    uint32_t value = 0;

    if (nothing_there(d, port, bytes))
        return ~0U;
    if (is_direct(d, port, bytes))
        return port_in(port, bytes);
    if (port == CONFIG_INDEX && bytes == 4)
        return d->pci_cf8;
    for (unsigned at = 0, n; at < bytes; at += n) {
        uint16_t p = (uint16_t)(port + at);
        uint64_t mask;

        n = piece_bytes(p, bytes - at);
        mask = (1UL << 8 * n) - 1;
        value |= (uint32_t)(read_piece(d, p, n) & mask) << 8 * at;
    }
    return value;
}

void pv_port_write(struct vcpu *v, uint16_t port, unsigned bytes,
                   uint32_t value)
{
    struct domain *d = v->domain;

    if (nothing_there(d, port, bytes))
        return;
    if (is_direct(d, port, bytes)) {
        port_out(port, bytes, value);
        return;
    }
    if (port == CONFIG_INDEX && bytes == 4) {
        d->pci_cf8 = value;
        return;
    }
    for (unsigned at = 0, n; at < bytes; at += n) {
        uint16_t p = (uint16_t)(port + at);

        n = piece_bytes(p, bytes - at);
        write_piece(d, p, n, value >> 8 * at);
    }
}

static void trap_ports(uint8_t *bitmap, uint32_t first, uint32_t last)
{
    for (uint32_t port = first; port <= last; port++)
        bitmap[port / 8] |= (uint8_t)(1U << port % 8);
}

static void allow_ports(uint8_t *bitmap, uint64_t first, uint64_t last)
{
    for (uint64_t port = first; port <= last && port < 65536; port++)
        bitmap[port / 8] &= (uint8_t) ~(1U << port % 8);
}

void pv_build_io_bitmap(struct domain *d, uint8_t bitmap[8192])
{
    memset(bitmap, 0xff, 8192);
    for (uint32_t i = 0; i < d->ioports.count; i++)
        allow_ports(bitmap, d->ioports.range[i].first,
                    d->ioports.range[i].last);
    trap_ports(bitmap, PIT_CHANNEL_2, PIT_COMMAND);
    trap_ports(bitmap, SPEAKER, SPEAKER);
    trap_ports(bitmap, CMOS_INDEX, CMOS_DATA);
    trap_ports(bitmap, CONFIG_INDEX, CONFIG_DATA + 3);
    trap_ports(bitmap, 0x20, 0x21); /* the interrupt controllers */
    trap_ports(bitmap, 0xa0, 0xa1);
    for (enum serial_port p = SERIAL_COM1; p < SERIAL_PORTS; p++) {
        uint16_t base = serial_io_base(p);

        if (base)
            trap_ports(bitmap, base, base + 7U);
    }
}
