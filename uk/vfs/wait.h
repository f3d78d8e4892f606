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
/* The same when it concerns only files of this node, whose poll() may show more
 * of `events` (POLLIN, POLLOUT) now; without any, who waits just looks again.
 */
void node_changed(struct node *n, short events);
/* How often files_changed() was said. */
uint64_t files_change_count(void);
/* As sched_wait(). */
long files_wait(uint64_t deadline_ns);

/* Waits until poll() shows one of `events`: 0, -EAGAIN, or -RESTART. */
long file_wait(struct file *f, short events);
short file_poll(struct file *f);

#endif
