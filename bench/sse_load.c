/* Owns the load on an event stream: one thread that holds all readers and says when the next message is due, so that
 * both ends of a latency are read from one clock.
 *
 *   sse_load --port P --path /events --readers N --seconds S [--ready TEXT]
 *            (--window W | --rate R)                    closed loop: next when fewer than W are undelivered; open loop
 *            (--post PORT/path | --lines PORT)          each message is an HTTP POST, or a line to a publisher program
 *
 * A message carries a mark, `@` + 16 hex digits of the monotonic clock in ns + `!`; a reader's copy is counted when its
 * mark has come in whole, however the bytes were cut. TEXT (a word whose first letter does not come back in it) in a
 * reader's bytes says that it is live; without it, the first bytes do. Prints READY, waits for a line on stdin, runs, and
 * prints one JSON object. The end of stdin instead of a line ends it: for measuring readers that only wait.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/tcp.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#define PUBLISHER UINT32_MAX
#define CONNECTING_AT_ONCE 64
#define BODY_BYTES 200
#define STALLED_NS 1000000000ull

struct reader {
    int fd;
    uint8_t live, asked;
    uint8_t matched; /* letters of the ready text seen in a row */
    uint8_t digits;  /* of a mark: 0 outside, else 1 + digits seen */
    uint64_t sent_ns;
};

static struct {
    int port, readers, window, publisher_port, by_line;
    double seconds, rate;
    const char *path, *ready, *publisher_path;
} option = {.readers = 100, .seconds = 2, .path = "/"};

static struct reader *readers;
static int poller, publisher_fd;
static uint64_t delivered, received_bytes, published, lost_readers, stalls;
static int counting;

static uint64_t now_ns(void) {
    struct timespec at;
    clock_gettime(CLOCK_MONOTONIC, &at);
    return (uint64_t)at.tv_sec * 1000000000ull + (uint64_t)at.tv_nsec;
}

static double own_cpu_s(void) {
    struct rusage used;
    getrusage(RUSAGE_SELF, &used);
    return used.ru_utime.tv_sec + used.ru_stime.tv_sec + (used.ru_utime.tv_usec + used.ru_stime.tv_usec) / 1e6;
}

static void give_up(const char *what) {
    fprintf(stderr, "%s: %s\n", what, errno ? strerror(errno) : "unexpected");
    exit(1);
}

/* ---- latencies: 32 classes for each doubling, 3 % wide */

static uint64_t classes[64 * 64];

static unsigned class_of(uint64_t ns) {
    unsigned doubling = ns < 64 ? 0 : 58 - (unsigned)__builtin_clzll(ns);
    return doubling * 64 + (unsigned)((ns >> doubling) & 63);
}

static double class_ms(unsigned class) {
    unsigned doubling = class / 64;
    return (double)((uint64_t)(class % 64) << doubling) / 1e6;
}

static double quantile_ms(double share) {
    uint64_t all = 0, below = 0;
    for (unsigned i = 0; i < 64 * 64; i++) all += classes[i];
    for (unsigned i = 0; i < 64 * 64; i++)
        if ((below += classes[i]) > (uint64_t)(share * (double)all)) return class_ms(i);
    return 0;
}

/* ---- readers */

static int dial(int port) {
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0), yes = 1;
    if (fd < 0) give_up("socket");
    struct linger at_once = {1, 0}; /* thousands of connections must not linger as TIME_WAIT into the next round */
    setsockopt(fd, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
    struct sockaddr_in there = {.sin_family = AF_INET, .sin_port = htons((uint16_t)port)};
    there.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (connect(fd, (struct sockaddr *)&there, sizeof there) < 0 && errno != EINPROGRESS) give_up("connect");
    return fd;
}

static void listen_for(int fd, uint32_t events, uint32_t key, int change) {
    struct epoll_event interest = {.events = events, .data.u32 = key};
    epoll_ctl(poller, change, fd, &interest);
}

static void ask(struct reader *reader, uint32_t key) {
    char request[512];
    int length = snprintf(request, sizeof request,
                          "GET %s HTTP/1.1\r\nHost: 127.0.0.1:%d\r\nAccept: text/event-stream\r\n\r\n", option.path, option.port);
    if (write(reader->fd, request, (size_t)length) != length) give_up("request");
    reader->asked = 1;
    listen_for(reader->fd, EPOLLIN, key, EPOLL_CTL_MOD);
}

static int hex_digit(unsigned char letter) {
    if (letter >= '0' && letter <= '9') return letter - '0';
    return letter >= 'a' && letter <= 'f' ? letter - 'a' + 10 : -1;
}

static void count_marks(struct reader *reader, const char *at, const char *end) {
    uint64_t now = now_ns();
    while (at < end) {
        if (!reader->digits) {
            if (!(at = memchr(at, '@', (size_t)(end - at)))) return;
            reader->digits = 1, reader->sent_ns = 0, at++;
            continue;
        }
        int digit = hex_digit((unsigned char)*at);
        if (digit >= 0 && reader->digits <= 16) {
            reader->sent_ns = reader->sent_ns << 4 | (uint64_t)digit, reader->digits++, at++;
            continue;
        }
        if (*at == '!' && reader->digits == 17) {
            delivered++;
            if (counting) classes[class_of(now - reader->sent_ns)]++;
        }
        reader->digits = 0; /* the letter is looked at again: it may begin a mark */
        if (*at == '!') at++;
    }
}

static void await_ready(struct reader *reader, const char *at, const char *end) {
    if (!option.ready) reader->live = 1;
    for (; !reader->live && at < end; at++) {
        if (*at == option.ready[reader->matched]) reader->matched++;
        else reader->matched = *at == option.ready[0];
        reader->live = !option.ready[reader->matched];
    }
}

static void take(struct reader *reader) {
    static char bytes[1 << 18];
    for (;;) {
        ssize_t got = read(reader->fd, bytes, sizeof bytes);
        if (got < 0 && errno == EAGAIN) return;
        if (got <= 0) {
            lost_readers++, close(reader->fd), reader->fd = -1;
            return;
        }
        received_bytes += (uint64_t)got;
        if (reader->live) count_marks(reader, bytes, bytes + got);
        else await_ready(reader, bytes, bytes + got);
        if (got < (ssize_t)sizeof bytes) return;
    }
}

static void connect_all(void) {
    struct epoll_event happened[1024];
    int opened = 0, live = 0;
    while (live < option.readers) {
        for (; opened < option.readers && opened - live < CONNECTING_AT_ONCE; opened++) {
            readers[opened].fd = dial(option.port);
            listen_for(readers[opened].fd, EPOLLOUT, (uint32_t)opened, EPOLL_CTL_ADD);
        }
        int count = epoll_wait(poller, happened, 1024, 30000);
        if (count <= 0) give_up("no reader became live for 30 s");
        for (int i = 0; i < count; i++) {
            struct reader *reader = &readers[happened[i].data.u32];
            if (!reader->asked) ask(reader, happened[i].data.u32);
            else {
                int was = reader->live;
                take(reader);
                if (reader->fd < 0) give_up("a stream ended while it began");
                live += reader->live - was;
            }
        }
    }
}

/* ---- the publisher's side */

static void publish(void) {
    char body[BODY_BYTES + 1], request[1024];
    int length = snprintf(body, sizeof body, "{\"mark\":\"@%016lx!\",\"text\":\"", (unsigned long)now_ns());
    memset(body + length, 'x', (size_t)(BODY_BYTES - 2 - length));
    memcpy(body + BODY_BYTES - 2, "\"}", 3);
    if (option.by_line) length = snprintf(request, sizeof request, "@%016lx!\n", (unsigned long)now_ns());
    else
        length = snprintf(request, sizeof request,
                          "POST %s HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%s",
                          option.publisher_path, BODY_BYTES, body);
    if (write(publisher_fd, request, (size_t)length) != length) give_up("publish");
    published++;
}

static void hear_publisher(void) {
    static char answer[1 << 16];
    for (;;) {
        ssize_t got = read(publisher_fd, answer, sizeof answer - 1);
        if (got < 0 && errno == EAGAIN) return;
        if (got <= 0) give_up("the publisher went away");
        if (memmem(answer, (size_t)got, "HTTP/1.1 4", 10) || memmem(answer, (size_t)got, "HTTP/1.1 5", 10)) give_up("refused");
    }
}

/* ---- the run */

struct tally {
    uint64_t at, delivered, bytes, published;
    double cpu_s;
};

static struct tally tally_now(uint64_t at) {
    return (struct tally){at, delivered, received_bytes, published, own_cpu_s()};
}

static int publish_due(uint64_t now, uint64_t *next) {
    static uint64_t seen, seen_at;
    if (option.rate > 0) {
        for (; now >= *next; *next += (uint64_t)(1e9 / option.rate)) publish();
        return (int)((*next - now) / 1000000);
    }
    uint64_t all = (uint64_t)option.readers;
    while (published * all < delivered + (uint64_t)option.window * all) publish();
    if (delivered != seen) seen = delivered, seen_at = now;
    if (now - seen_at > STALLED_NS) stalls++, publish(), seen_at = now; /* a message was lost: the loop must not hang */
    return 100;
}

static void run(double warm_s) {
    struct epoll_event happened[1024];
    uint64_t start = now_ns(), now = start, next = start;
    uint64_t from = start + (uint64_t)(warm_s * 1e9), until = from + (uint64_t)(option.seconds * 1e9);
    struct tally before = {0};
    delivered = published = 0;
    for (; (now = now_ns()) < until;) {
        if (!counting && now >= from) counting = 1, before = tally_now(now);
        int wait_ms = publish_due(now, &next);
        int count = epoll_wait(poller, happened, 1024, wait_ms);
        for (int i = 0; i < count; i++)
            if (happened[i].data.u32 == PUBLISHER) hear_publisher();
            else if (readers[happened[i].data.u32].fd >= 0) take(&readers[happened[i].data.u32]);
    }
    struct tally after = tally_now(now);
    double took = (double)(after.at - before.at) / 1e9;
    printf("{\"per_s\": %.1f, \"bytes_per_s\": %.0f, \"published\": %lu, \"p50_ms\": %.3f, \"p99_ms\": %.3f,"
           " \"client_cpu\": %.3f, \"lost_readers\": %lu, \"stalls\": %lu}\n",
           (double)(after.delivered - before.delivered) / took, (double)(after.bytes - before.bytes) / took,
           (unsigned long)(after.published - before.published), quantile_ms(0.5), quantile_ms(0.99),
           (after.cpu_s - before.cpu_s) / took, (unsigned long)lost_readers, (unsigned long)stalls);
}

static void read_options(int count, char **words) {
    for (int i = 1; i + 1 < count; i += 2) {
        const char *name = words[i], *value = words[i + 1];
        if (!strcmp(name, "--port")) option.port = atoi(value);
        else if (!strcmp(name, "--path")) option.path = value;
        else if (!strcmp(name, "--readers")) option.readers = atoi(value);
        else if (!strcmp(name, "--seconds")) option.seconds = atof(value);
        else if (!strcmp(name, "--ready")) option.ready = value;
        else if (!strcmp(name, "--window")) option.window = atoi(value);
        else if (!strcmp(name, "--rate")) option.rate = atof(value);
        else if (!strcmp(name, "--lines")) option.publisher_port = atoi(value), option.by_line = 1;
        else if (!strcmp(name, "--post")) option.publisher_port = atoi(value), option.publisher_path = strchr(value, '/');
        else fprintf(stderr, "unknown: %s\n", name), exit(2);
    }
}

int main(int count, char **words) {
    read_options(count, words);
    poller = epoll_create1(0);
    readers = calloc((size_t)option.readers, sizeof *readers);
    connect_all();
    if (option.publisher_port) {
        publisher_fd = dial(option.publisher_port);
        listen_for(publisher_fd, EPOLLIN, PUBLISHER, EPOLL_CTL_ADD);
    }
    puts("READY");
    fflush(stdout);
    char line[16];
    if (fgets(line, sizeof line, stdin)) run(0.7);
    fflush(stdout);
    _exit(0); /* the kernel closes all sockets faster than we would */
}
