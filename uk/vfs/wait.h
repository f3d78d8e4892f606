/*
 * wait.h - waiting for files to be ready. Layer: vfs. Whoever changes what a
 * file's poll() would say calls files_changed(); whoever waits for several
 * looks again then.
 */
#ifndef UK_VFS_WAIT_H
#define UK_VFS_WAIT_H

#include "sched/signal.h"
#include "vfs/file.h"

void files_changed(void);
/* How often that was said. */
uint64_t files_change_count(void);
/* As sched_wait(). */
long files_wait(uint64_t deadline_ns);

/* Waits until poll() shows one of `events`: 0, -EAGAIN, or -RESTART. */
long file_wait(struct file *f, short events);
short file_poll(struct file *f);

#endif
