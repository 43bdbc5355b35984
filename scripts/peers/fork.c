/*
 * A process for each connection, by fork(2): what the kernel takes for that, and next to nothing else.
 *
 * peer.h says what it leaves out. Besides, children outlive a parent that is killed, and nothing bounds their number; when
 * fork fails, the client is sent away.
 */
#include "peer.h"
#include <signal.h>
#include <sys/wait.h>

/* SIGCHLD comes once for several children that end together, so all that have ended are reaped. With SIG_IGN the kernel
 * would reap them itself, but would not add their time to ours, which is what scripts/bench-http reads. */
static void reap(int signal)
{
	int saved = errno;

	(void)signal;
	while (waitpid(-1, NULL, WNOHANG) > 0)
		;
	errno = saved;
}

static void serve(int fd)
{
	static char buffer[READ];
	struct talk talk = { 0 };
	ssize_t n;

	while (!talk.closing && (n = read(fd, buffer, sizeof buffer)) > 0) {
		hear(&talk, buffer, n);
		while (talk.owed)
			if (answer(&talk, fd) < 0)
				return;
	}
}

int main(void)
{
	struct sigaction on_child = { .sa_handler = reap, .sa_flags = SA_RESTART | SA_NOCLDSTOP };
	int listening, fd;

	if (sigaction(SIGCHLD, &on_child, NULL))
		fail("handle SIGCHLD");
	listening = listener(0);
	for (;;) {
		fd = accept4(listening, NULL, NULL, SOCK_CLOEXEC);
		if (fd < 0)
			continue;
		if (fork() == 0) {
			close(listening);
			serve(fd);
			_exit(0); /* exit(3) would flush what the parent's streams hold a second time. */
		}
		close(fd);
	}
}
