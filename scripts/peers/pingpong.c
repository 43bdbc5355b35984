/*
 * A client for an echo: 64 bytes there and back, one message at a time on one connection, for some seconds.
 *
 * pingpong ADDRESS PORT SECONDS prints how many round trips there were, their median and 99th percentile in nanoseconds, and
 * how many came back different. It waits in read(2), as an ordinary client does. What has come back wrong is counted and
 * the conversation goes on; a connection that ends is an error.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/tcp.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum { MESSAGE = 64, MOST = 4 << 20 };

static uint32_t took[MOST];

static void fail(const char *what)
{
	fprintf(stderr, "error: cannot %s: %s\n", what, errno ? strerror(errno) : "the connection ended");
	exit(1);
}

static uint64_t now(void)
{
	struct timespec time;

	clock_gettime(CLOCK_MONOTONIC, &time);
	return (uint64_t)time.tv_sec * 1000000000 + time.tv_nsec;
}

static int shorter(const void *a, const void *b)
{
	uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;

	return (x > y) - (x < y);
}

static int dial(const char *address, const char *port)
{
	struct sockaddr_in peer = { .sin_family = AF_INET, .sin_port = htons(atoi(port)) };
	struct timeval patience = { .tv_sec = 10 };
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0), yes = 1;

	if (inet_pton(AF_INET, address, &peer.sin_addr) != 1)
		errno = EINVAL;
	else if (fd >= 0 && !connect(fd, (void *)&peer, sizeof peer)
	         && !setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes)
	         && !setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience))
		return fd;
	fail("connect");
	return -1;
}

int main(int count, char **words)
{
	char message[MESSAGE], back[MESSAGE];
	size_t trips = 0, wrong = 0;
	uint64_t start, end;
	int fd;

	if (count != 4) {
		fprintf(stderr, "error: it takes ADDRESS PORT SECONDS\n");
		return 2;
	}
	fd = dial(words[1], words[2]);
	start = now();
	end = start + strtoull(words[3], NULL, 10) * 1000000000;
	for (uint64_t before = start; before < end && trips < MOST; trips++) {
		uint64_t after;

		/* No two messages are alike, so an old one is not taken for a new one. */
		for (size_t i = 0; i < MESSAGE; i++)
			message[i] = 'a' + (trips + i) % 26;
		memcpy(message, &trips, sizeof trips);
		before = now();
		errno = 0;
		if (send(fd, message, MESSAGE, MSG_NOSIGNAL) != MESSAGE)
			fail("send");
		for (size_t got = 0; got < MESSAGE;) {
			ssize_t n = read(fd, back + got, MESSAGE - got);
			if (n <= 0)
				fail("read");
			got += n;
		}
		after = now();
		took[trips] = after - before < UINT32_MAX ? after - before : UINT32_MAX;
		wrong += memcmp(message, back, MESSAGE) != 0;
		before = after;
	}
	if (!trips)
		fail("measure for no time");
	qsort(took, trips, sizeof *took, shorter);
	printf("RESULT %zu %u %u %zu\n", trips, took[trips / 2], took[trips * 99 / 100], wrong);
	return 0;
}
