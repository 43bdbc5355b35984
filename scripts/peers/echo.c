/*
 * Every byte back to whom it came from: one thread, one epoll, level-triggered. epoll.c without the HTTP.
 *
 * It leaves out what peer.h leaves out. What the kernel does not take at once waits in memory of its own, and nothing more
 * is read before it has gone.
 */
#include "listener.h"
#include <sys/epoll.h>

enum { READ = 16384 };

/* What a connection is owed. By descriptor, which the kernel keeps small. */
static struct owed {
	char *bytes;
	size_t length;
} owed[1 << 16];
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

	while ((fd = accept4(listening, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC)) >= 0)
		if (fd < (int)(sizeof owed / sizeof *owed))
			watch(epoll, EPOLL_CTL_ADD, fd, EPOLLIN);
		else
			close(fd);
}

static void end(int fd)
{
	free(owed[fd].bytes);
	owed[fd] = (struct owed){ 0 };
	close(fd); /* Which takes it out of the epoll as well. */
}

/* Keeps what was not sent, or lets the client go if there is no memory. */
static void keep(int epoll, int fd, const char *bytes, size_t length)
{
	char *copy = malloc(length);

	if (!copy) {
		end(fd);
		return;
	}
	memcpy(copy, bytes, length);
	free(owed[fd].bytes);
	owed[fd] = (struct owed){ copy, length };
	watch(epoll, EPOLL_CTL_MOD, fd, EPOLLOUT);
}

static void serve(int epoll, int fd)
{
	int was_owing = owed[fd].length > 0;
	const char *bytes = was_owing ? owed[fd].bytes : buffer;
	ssize_t n = was_owing ? (ssize_t)owed[fd].length : read(fd, buffer, sizeof buffer), sent;

	if (n < 0 && errno == EAGAIN)
		return;
	if (n <= 0) {
		end(fd);
		return;
	}
	sent = send(fd, bytes, n, MSG_NOSIGNAL);
	if (sent < 0 && errno == EAGAIN)
		sent = 0;
	if (sent < 0)
		end(fd);
	else if (sent < n)
		keep(epoll, fd, bytes + sent, n - sent);
	else if (was_owing) {
		free(owed[fd].bytes);
		owed[fd] = (struct owed){ 0 };
		watch(epoll, EPOLL_CTL_MOD, fd, EPOLLIN);
	}
}

int main(void)
{
	struct epoll_event events[1024];
	int epoll = epoll_create1(EPOLL_CLOEXEC), listening, n;

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
