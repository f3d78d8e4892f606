/*
 * loader/hypercall_page.c - the stubs that older kernels call. Layer: loader.
 * Source: docs/abi.md, boot of a PV guest.
 */
#include "loader/hypercall_page.h"
#include "abi/xen.h"
#include "lib/layout.h"
#include "lib/string.h"

#define STUB_BYTES 32

void hypercall_page_fill(void *page)
{
    static const uint8_t plain[] = {0x51, 0x41, 0x53, 0xb8, 0,    0,    0,
                                    0,    0x0f, 0x05, 0x41, 0x5b, 0x59, 0xc3};
    static const uint8_t iret[] = {0x51, 0x41, 0x53, 0x50, 0xb8, 23,
                                   0,    0,    0,    0x0f, 0x05};

    memset(page, 0xcc, PAGE_SIZE);
    for (unsigned n = 0; n < PAGE_SIZE / STUB_BYTES; n++) {
        uint8_t *stub = (uint8_t *)page + n * STUB_BYTES;

        if (n == __HYPERVISOR_iret) {
            memcpy(stub, iret, sizeof(iret));
        } else {
            memcpy(stub, plain, sizeof(plain));
            stub[4] = (uint8_t)n;
        }
    }
}
