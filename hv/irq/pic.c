/*
 * irq/pic.c - the two 8259 interrupt controllers, put out of the way.
 * Layer: irq. Source: Intel 8259A data sheet.
 */
#include "cpu/port.h"
#include "irq/irq_internal.h"

#define PIC1_COMMAND 0x20
#define PIC1_DATA    0x21
#define PIC2_COMMAND 0xa0
#define PIC2_DATA    0xa1
#define PIC_VECTORS  0x20

#define ICW1_INIT 0x11 /* edge, cascade, ICW4 follows */
#define ICW4_8086 0x01

/* The 8259 needs a moment between commands: a write to an unused port. */
static void __init pic_write(uint16_t port, uint8_t value)
{
    out8(port, value);
    out8(0x80, 0);
}

void __init pic_disable(void)
{
    pic_write(PIC1_DATA, 0xff);
    pic_write(PIC2_DATA, 0xff);
    /* Spurious interrupts come even so: not where exceptions are. */
    pic_write(PIC1_COMMAND, ICW1_INIT);
    pic_write(PIC1_DATA, PIC_VECTORS);
    pic_write(PIC1_DATA, 1 << 2); /* the second one is at input 2 */
    pic_write(PIC1_DATA, ICW4_8086);
    pic_write(PIC2_COMMAND, ICW1_INIT);
    pic_write(PIC2_DATA, PIC_VECTORS + 8);
    pic_write(PIC2_DATA, 2);
    pic_write(PIC2_DATA, ICW4_8086);
    pic_write(PIC1_DATA, 0xff);
    pic_write(PIC2_DATA, 0xff);
}
