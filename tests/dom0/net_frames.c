/*
 * net_frames.c CARD CARD - sends 1000 frames each way between two network
 * cards on one wire, of every length, and checks each byte of each.
 */
#include <linux/if_ether.h>
#include <linux/if_packet.h>
#include <net/if.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/ioctl.h>
#include <sys/socket.h>

#include "check.h"

#define FRAMES      1000
#define WINDOW      8
#define PROTOCOL    0x88b5 /* for local experiments */
#define PATIENCE_MS 10000

struct card {
    const char *name;
    int fd;
    unsigned char address[ETH_ALEN];
};

static void bring_up(struct card *card, struct ifreq *request)
{
    CHECK(ioctl(card->fd, SIOCGIFHWADDR, request) == 0);
    memcpy(card->address, request->ifr_hwaddr.sa_data, ETH_ALEN);
    CHECK(ioctl(card->fd, SIOCGIFFLAGS, request) == 0);
    request->ifr_flags |= IFF_UP;
    CHECK(ioctl(card->fd, SIOCSIFFLAGS, request) == 0);
    for (int i = 0; i < 100; i++) {
        CHECK(ioctl(card->fd, SIOCGIFFLAGS, request) == 0);
        if (request->ifr_flags & IFF_RUNNING)
            return;
        usleep(100000);
    }
    fail("%s has no carrier", card->name);
}

static void open_card(struct card *card, const char *name)
{
    struct sockaddr_ll address = {.sll_family = AF_PACKET,
                                  .sll_protocol = htons(PROTOCOL)};
    struct ifreq request = {0};

    card->name = name;
    card->fd = socket(AF_PACKET, SOCK_RAW, htons(PROTOCOL));
    CHECK(card->fd >= 0);
    strncpy(request.ifr_name, name, IFNAMSIZ - 1);
    bring_up(card, &request);
    address.sll_ifindex = (int)if_nametoindex(name);
    CHECK(address.sll_ifindex != 0);
    CHECK(bind(card->fd, (void *)&address, sizeof(address)) == 0);
}

static size_t make_frame(unsigned char *frame, const struct card *from,
                         const struct card *to, uint32_t number)
{
    uint64_t seed = 0x1000000ULL + number;
    size_t bytes = 60 + number * 7919 % (ETH_FRAME_LEN - 60 + 1);
    uint16_t protocol = htons(PROTOCOL);

    memcpy(frame, to->address, ETH_ALEN);
    memcpy(frame + ETH_ALEN, from->address, ETH_ALEN);
    memcpy(frame + 2 * ETH_ALEN, &protocol, sizeof(protocol));
    for (size_t i = ETH_HLEN; i < bytes; i++)
        frame[i] = (unsigned char)next_random(&seed);
    return bytes;
}

/* Receives one frame that this machine did not send on this card. */
static size_t receive(const struct card *card, unsigned char *frame)
{
    struct pollfd wait = {card->fd, POLLIN, 0};
    struct sockaddr_ll from;
    socklen_t length = sizeof(from);
    ssize_t bytes;

    do {
        if (poll(&wait, 1, PATIENCE_MS) != 1)
            fail("%s: no frame for %d ms", card->name, PATIENCE_MS);
        bytes =
            recvfrom(card->fd, frame, ETH_FRAME_LEN, 0, (void *)&from, &length);
        CHECK(bytes > 0);
    } while (from.sll_pkttype == PACKET_OUTGOING);
    return (size_t)bytes;
}

static void expect_frame(const struct card *from, const struct card *to,
                         uint32_t number)
{
    static unsigned char wanted[ETH_FRAME_LEN], got[ETH_FRAME_LEN];
    size_t bytes = make_frame(wanted, from, to, number);

    CHECK_EQUAL(receive(to, got), bytes);
    if (memcmp(wanted, got, bytes) != 0)
        fail("frame %u to %s arrived changed", number, to->name);
}

static void send_frames(const struct card *from, const struct card *to)
{
    static unsigned char frame[ETH_FRAME_LEN];

    for (uint32_t sent = 0; sent < FRAMES; sent += WINDOW) {
        for (uint32_t i = sent; i < sent + WINDOW; i++) {
            size_t bytes = make_frame(frame, from, to, i);

            CHECK(send(from->fd, frame, bytes, 0) == (ssize_t)bytes);
        }
        for (uint32_t i = sent; i < sent + WINDOW; i++)
            expect_frame(from, to, i);
    }
}

int main(int argc, char **argv)
{
    struct card first, second;

    if (argc != 3)
        skip("two network cards are wanted");
    open_card(&first, argv[1]);
    open_card(&second, argv[2]);
    send_frames(&first, &second);
    send_frames(&second, &first);
    return pass("%d frames from %s to %s and back", FRAMES, argv[1], argv[2]);
}
