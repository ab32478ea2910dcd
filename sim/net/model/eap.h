/* EAP packets and the framing of TLS inside them: RFC 3748 section 4, RFC 5216 section 3.
 *
 * Pure: bytes in, bytes out. One struct eap_link is one end of the exchange; it cuts what this end sends into fragments and
 * puts together what the other end sent. Leaves TLS and who says what when to model/tls.c.
 */
#ifndef SIM_NET_MODEL_EAP_H
#define SIM_NET_MODEL_EAP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum eap_code { EAP_REQUEST = 1, EAP_RESPONSE = 2, EAP_SUCCESS = 3, EAP_FAILURE = 4 };
enum eap_type { EAP_TYPE_IDENTITY = 1, EAP_TYPE_TLS = 13 };

#define EAP_PACKET_MAX 1500
#define EAP_IDENTITY_MAX (EAP_PACKET_MAX - 5)
#define EAP_TLS_MESSAGE_MAX 65536u /* all fragments of one message together */

struct eap_packet {
	size_t length;
	uint8_t bytes[EAP_PACKET_MAX];
};

struct eap_header {
	enum eap_code code;
	uint8_t id;
	uint8_t type; /* 0 for success and failure */
	const uint8_t *data; /* after the type; inside the packet */
	size_t data_length;
};

/* 0, or -EPROTO: too short, a length that is not the packet's, an unknown code. */
int eap_parse(const struct eap_packet *packet, struct eap_header *ret_header);
void eap_put_result(struct eap_packet *packet, bool success, uint8_t id);
/* data_length at most EAP_IDENTITY_MAX. */
void eap_put(struct eap_packet *packet, enum eap_code code, uint8_t id, enum eap_type type, const void *data,
             size_t data_length);

struct eap_link {
	size_t fragment_max; /* largest EAP packet this end sends, 64..EAP_PACKET_MAX */
	uint8_t *out;        /* the message this end is sending */
	size_t out_length, out_sent;
	uint8_t *in; /* the message this end is receiving, whole once eap_link_take says so */
	size_t in_length, in_announced;
	bool in_whole;
	unsigned fragments_sent; /* packets with the M flag, for tests and reports */
};

enum eap_taken {
	EAP_TAKEN_START,   /* the server's start */
	EAP_TAKEN_PART,    /* a fragment with more to come: acknowledge it (eap_link_give with nothing to send) */
	EAP_TAKEN_ACK,     /* the other end wants the next fragment: eap_link_give */
	EAP_TAKEN_MESSAGE, /* link->in holds a message; may be empty, which is an acknowledgement of the last one */
};

void eap_link_init(struct eap_link *link, size_t fragment_max);
void eap_link_clear(struct eap_link *link);
/* Sets what this end sends next; copies. 0, -ENOMEM, or -EMSGSIZE above EAP_TLS_MESSAGE_MAX. */
int eap_link_send(struct eap_link *link, const void *message, size_t length);
bool eap_link_pending(const struct eap_link *link);
/* The next packet: a fragment of what is pending, or an empty acknowledgement. */
void eap_link_give(struct eap_link *link, enum eap_code code, uint8_t id, struct eap_packet *packet);
/* Takes an EAP-TLS packet. enum eap_taken, -EPROTO, -EMSGSIZE or -ENOMEM. */
int eap_link_take(struct eap_link *link, const struct eap_header *header);
void eap_put_tls_start(struct eap_packet *packet, uint8_t id);

#endif
