/* console.h - the domain's console: the text's way out and in. Layer: xen. */
#ifndef UK_XEN_CONSOLE_H
#define UK_XEN_CONSOLE_H

#include "lib/types.h"
#include <xen/xen.h>

void console_init(const struct start_info *start);
/* The restored domain's has another port. */
void console_resume(const struct start_info *start);
void console_write(const char *text, size_t n);
/* What comes next starts a line. */
void console_end_line(void);
/* From now on `input` gets what is typed. */
void console_listen(void (*input)(const char *text, size_t n));
void console_print(const char *format, ...) format_(1, 2);

/* Reports the message and ends the domain as crashed. */
noreturn_ void console_panic(const char *format, ...) format_(1, 2);

#endif
