/* See model/eap.h. */
#include "sim/net/model/eap.h"

#include <assert.h>
#include <errno.h>

#include "emu-applibs/base/base.h"

#define HEADER_LENGTH 4
#define FLAG_LENGTH 0x80u
#define FLAG_MORE 0x40u
#define FLAG_START 0x20u

/* ---- Packets ------------------------------------------------------------------------------------------------------- */

static void put_header(struct eap_packet *packet, enum eap_code code, uint8_t id, size_t length)
{
	packet->length = length;
	packet->bytes[0] = (uint8_t)code;
	packet->bytes[1] = id;
	packet->bytes[2] = (uint8_t)(length >> 8);
	packet->bytes[3] = (uint8_t)length;
}

int eap_parse(const struct eap_packet *packet, struct eap_header *ret_header)
{
	const uint8_t *b = packet->bytes;

	if (packet->length < HEADER_LENGTH || packet->length > EAP_PACKET_MAX ||
	    (size_t)(b[2] << 8 | b[3]) != packet->length)
		return -EPROTO;
	if (b[0] == EAP_SUCCESS || b[0] == EAP_FAILURE) {
		if (packet->length != HEADER_LENGTH)
			return -EPROTO;
		*ret_header = (struct eap_header){.code = (enum eap_code)b[0], .id = b[1], .data = b + HEADER_LENGTH};
		return 0;
	}
	if ((b[0] != EAP_REQUEST && b[0] != EAP_RESPONSE) || packet->length < HEADER_LENGTH + 1)
		return -EPROTO;
	*ret_header = (struct eap_header){
		.code = (enum eap_code)b[0],
		.id = b[1],
		.type = b[4],
		.data = b + HEADER_LENGTH + 1,
		.data_length = packet->length - HEADER_LENGTH - 1,
	};
	return 0;
}

void eap_put_result(struct eap_packet *packet, bool success, uint8_t id)
{
	put_header(packet, success ? EAP_SUCCESS : EAP_FAILURE, id, HEADER_LENGTH);
}

void eap_put(struct eap_packet *packet, enum eap_code code, uint8_t id, enum eap_type type, const void *data,
             size_t data_length)
{
	assert(data_length <= EAP_IDENTITY_MAX);
	put_header(packet, code, id, HEADER_LENGTH + 1 + data_length);
	packet->bytes[4] = (uint8_t)type;
	if (data_length)
		memcpy(packet->bytes + HEADER_LENGTH + 1, data, data_length);
}

void eap_put_tls_start(struct eap_packet *packet, uint8_t id)
{
	static const uint8_t flags = FLAG_START;

	eap_put(packet, EAP_REQUEST, id, EAP_TYPE_TLS, &flags, 1);
}

/* ---- One end of the exchange --------------------------------------------------------------------------------------- */

void eap_link_init(struct eap_link *link, size_t fragment_max)
{
	assert(fragment_max >= 64 && fragment_max <= EAP_PACKET_MAX);
	*link = (struct eap_link){.fragment_max = fragment_max};
}

void eap_link_clear(struct eap_link *link)
{
	free(link->out);
	free(link->in);
	*link = (struct eap_link){0};
}

int eap_link_send(struct eap_link *link, const void *message, size_t length)
{
	uint8_t *copy;

	if (length > EAP_TLS_MESSAGE_MAX)
		return -EMSGSIZE;
	copy = malloc(length ? length : 1);
	if (!copy)
		return -ENOMEM;
	if (length)
		memcpy(copy, message, length);
	free(link->out);
	link->out = copy;
	link->out_length = length;
	link->out_sent = 0;
	return 0;
}

bool eap_link_pending(const struct eap_link *link)
{
	return link->out_sent < link->out_length;
}

void eap_link_give(struct eap_link *link, enum eap_code code, uint8_t id, struct eap_packet *packet)
{
	size_t rest = link->out_length - link->out_sent;
	size_t room = link->fragment_max - HEADER_LENGTH - 2; /* after type and flags */
	bool first = link->out_sent == 0, whole = rest <= room;
	uint8_t *p = packet->bytes + HEADER_LENGTH;
	size_t part;

	*p++ = EAP_TYPE_TLS;
	if (whole) {
		*p++ = 0;
		part = rest;
	} else {
		*p++ = (uint8_t)(FLAG_MORE | (first ? FLAG_LENGTH : 0));
		if (first) { /* the length of the whole message, once */
			for (int shift = 24; shift >= 0; shift -= 8)
				*p++ = (uint8_t)(link->out_length >> shift);
			room -= 4;
		}
		part = room;
		link->fragments_sent++;
	}
	if (part)
		memcpy(p, link->out + link->out_sent, part);
	link->out_sent += part;
	put_header(packet, code, id, (size_t)(p - packet->bytes) + part);
}

static int append(struct eap_link *link, const uint8_t *data, size_t length)
{
	uint8_t *grown;

	if (link->in_length + length > EAP_TLS_MESSAGE_MAX)
		return -EMSGSIZE;
	if (length == 0)
		return 0;
	grown = realloc(link->in, link->in_length + length);
	if (!grown)
		return -ENOMEM;
	memcpy(grown + link->in_length, data, length);
	link->in = grown;
	link->in_length += length;
	return 0;
}

int eap_link_take(struct eap_link *link, const struct eap_header *header)
{
	const uint8_t *data = header->data;
	size_t length = header->data_length;
	uint8_t flags;
	int r;

	if (header->type != EAP_TYPE_TLS || length < 1)
		return -EPROTO;
	flags = *data++;
	length--;
	if (flags & FLAG_START)
		return length == 0 && flags == FLAG_START ? EAP_TAKEN_START : -EPROTO;
	if (eap_link_pending(link)) /* in the middle of sending: only the wish for the next fragment makes sense */
		return length == 0 && flags == 0 ? EAP_TAKEN_ACK : -EPROTO;
	if (link->in_whole) {
		link->in_length = link->in_announced = 0;
		link->in_whole = false;
	}
	if (flags & FLAG_LENGTH) {
		size_t announced;

		if (length < 4)
			return -EPROTO;
		announced = (size_t)data[0] << 24 | (size_t)data[1] << 16 | (size_t)data[2] << 8 | data[3];
		if (announced > EAP_TLS_MESSAGE_MAX)
			return -EMSGSIZE;
		if (link->in_length && announced != link->in_announced)
			return -EPROTO;
		link->in_announced = announced;
		data += 4;
		length -= 4;
	}
	r = append(link, data, length);
	if (r < 0)
		return r;
	if (link->in_announced && link->in_length > link->in_announced)
		return -EPROTO;
	if (flags & FLAG_MORE)
		return length ? EAP_TAKEN_PART : -EPROTO;
	if (link->in_announced && link->in_length != link->in_announced)
		return -EPROTO;
	link->in_whole = true;
	return EAP_TAKEN_MESSAGE;
}
