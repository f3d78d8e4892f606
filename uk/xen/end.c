/* end.c - see end.h. */
#include "xen/end.h"
#include "lib/format.h"
#include "xen/console.h"
#include "xen/hypercall.h"
#include "xen/shared.h"
#include "xen/store.h"

static unsigned end_reason = SHUTDOWN_poweroff;

void end_set_reason(unsigned reason)
{
    end_reason = reason;
}

noreturn_ void end_program(int status)
{
    char text[8];

    console_end_line();
    console_print("exit: %d\n", status & 0xff);
    format_text(text, sizeof(text), "%d", status & 0xff);
    store_write("data/exit", text);
    shared_shutdown(end_reason);
}
