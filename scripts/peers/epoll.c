/*
 * One thread, one epoll, level-triggered: what a request costs when hardly anything but the kernel works for it.
 *
 * peer.h says what it leaves out. It takes no fewer system calls than it must for a request on an open connection: one
 * read, one send, and a share of an epoll_wait. It does not read again to see that no more is there, as an edge-triggered
 * loop has to.
 */
#include "peer.h"
#include <sys/epoll.h>

/* By descriptor, which the kernel keeps small. What is never used takes no memory. */
static struct talk talks[1 << 16];
static char buffer[READ];

static void watch(int epoll, int operation, int fd, unsigned events)
{
	struct epoll_event event = { .events = events, .data.fd = fd };

	if (epoll_ctl(epoll, operation, fd, &event))
		fail("watch a socket");
}

static void greet(int epoll, int listening)
{
	int fd;

	while ((fd = accept4(listening, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC)) >= 0) {
		if (fd >= (int)(sizeof talks / sizeof *talks)) {
			close(fd);
			continue;
		}
		talks[fd] = (struct talk){ 0 };
		watch(epoll, EPOLL_CTL_ADD, fd, EPOLLIN);
	}
}

static void serve(int epoll, int fd)
{
	struct talk *talk = &talks[fd];
	int was_owing = talk->owed > 0;

	/* Nothing is read while a reply is owed: a client that does not read its replies has to wait. */
	if (!was_owing) {
		ssize_t n = read(fd, buffer, sizeof buffer);
		if (n < 0 && errno == EAGAIN)
			return;
		if (n <= 0) {
			close(fd);
			return;
		}
		hear(talk, buffer, n);
	}
	if ((talk->owed && answer(talk, fd) < 0 && errno != EAGAIN) || (!talk->owed && talk->closing)) {
		close(fd); /* Which takes it out of the epoll as well. */
		return;
	}
	if (was_owing != (talk->owed > 0))
		watch(epoll, EPOLL_CTL_MOD, fd, talk->owed ? EPOLLOUT : EPOLLIN);
}

int main(void)
{
	struct epoll_event events[1024];
	struct rlimit files;
	int epoll = epoll_create1(EPOLL_CLOEXEC);
	int listening, n;

	/* As many connections as the hard limit allows. */
	if (getrlimit(RLIMIT_NOFILE, &files) == 0) {
		files.rlim_cur = files.rlim_max;
		setrlimit(RLIMIT_NOFILE, &files);
	}
	if (epoll < 0)
		fail("create an epoll");
	listening = listener(SOCK_NONBLOCK);
	watch(epoll, EPOLL_CTL_ADD, listening, EPOLLIN);
	while ((n = epoll_wait(epoll, events, 1024, -1)) >= 0 || errno == EINTR)
		for (int i = 0; i < n; i++)
			if (events[i].data.fd == listening)
				greet(epoll, listening);
			else
				serve(epoll, events[i].data.fd);
	fail("wait");
}
