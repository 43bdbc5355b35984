/*
 * What the two C servers of HTTP share: the replies, and a search for the blank line that ends a request's head.
 *
 * They are the floor under our models: what the kernel costs, and next to nothing else. So they leave out what a server
 * needs. There is no parsing (anything that ends in a blank line gets the reply), no body, no limit on a head, no clock
 * (the Date never changes), no patience with silent or stuck clients, no limit on connections, no pause after a failing
 * accept, no staged close and no clean stop. `Connection: close` is honoured only as wrk sends it, by its first letters
 * and its length, and only if the line came in one piece.
 */
#include "listener.h"

/* As long as our own reply, so that the kernel copies as many bytes. */
#define HEAD "HTTP/1.1 200 OK\r\nDate: Thu, 01 Jan 1970 00:00:00 GMT\r\n" \
	"Content-Type: text/plain; charset=utf-8\r\nContent-Length: 13\r\n"
#define REPLY HEAD "\r\nHello, World!"
#define LAST_REPLY HEAD "Connection: close\r\n\r\nHello, World!"
#define CLOSE "Connection: close\r\n"

#define FOUR(x) x x x x

enum {
	REPLY_LENGTH = sizeof REPLY - 1,
	LAST_LENGTH = sizeof LAST_REPLY - 1,
	READ = 4096,
	MOST = READ / 2, /* Replies for one read: each blank line takes two bytes of it, or one if it began before. */
};

/* One connection. What it is owed ends at a known place in `replies`, so a number is enough to go on after a short write. */
struct talk {
	unsigned owed;  /* Bytes of replies that are still to be sent. */
	unsigned begun; /* Length of a line whose end has not come yet. */
	int closing;    /* The client asked to close after the reply. */
};

/* MOST replies in a row, then one that closes: what is owed for one read is one stretch of these bytes. They are constant,
 * so that fork(2) has no page of them to copy. */
static const char replies[] = FOUR(FOUR(FOUR(FOUR(FOUR(REPLY REPLY))))) LAST_REPLY;
_Static_assert(sizeof replies - 1 == MOST * REPLY_LENGTH + LAST_LENGTH, "as many replies as a read can ask for");

/* Owes a reply for each blank line in what came. Nothing after a request to close is answered. */
static void hear(struct talk *talk, const char *at, size_t n)
{
	const char *end = at + n, *newline;
	int closing = 0;

	while ((newline = memchr(at, '\n', end - at))) {
		size_t length = talk->begun + (newline + 1 - at);
		talk->begun = 0;
		if (length == 2 && closing) {
			talk->owed += LAST_LENGTH;
			talk->closing = 1;
			return;
		}
		if (length == 2)
			talk->owed += REPLY_LENGTH;
		else if (length == sizeof CLOSE - 1 && !memcmp(at, CLOSE, length))
			closing = 1;
		at = newline + 1;
	}
	talk->begun += end - at;
}

/* One send(2) of what is owed, or of as much as the kernel takes. */
static ssize_t answer(struct talk *talk, int fd)
{
	const char *end = replies + MOST * REPLY_LENGTH + (talk->closing ? LAST_LENGTH : 0);
	ssize_t sent = send(fd, end - talk->owed, talk->owed, MSG_NOSIGNAL);

	if (sent > 0)
		talk->owed -= sent;
	return sent;
}
