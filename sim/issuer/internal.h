/* What the files of issuer/ share: the issuer itself, one answer, and the requests that come without TLS. */
#ifndef SIM_ISSUER_INTERNAL_H
#define SIM_ISSUER_INTERNAL_H

#include "sim/issuer/http.h"
#include "sim/issuer/issuer.h"

#define MAX_CONNECTIONS 16
#define MAX_FORWARDED 16

struct pending { /* an answer held back by the slow state */
	uint64_t due_ns;
	int status;
	const char *content_type; /* static */
	char *body; /* wiped when sent */
	size_t length;
};

struct forwarded { /* an answer for the libcurl without TLS that did not go at once */
	int fd; /* -1: free */
	uint64_t due_ns;
	char *bytes; /* head and body; wiped when sent */
	size_t length, sent;
};

/* A chain that was found good, so that the same question costs nothing: the text, what it was checked for, and when it holds. */
struct trust {
	char *text, *against;
	int64_t from_s, until_s;
};

struct issuer {
	struct issuer_host host;
	struct issuer_setup setup;
	char *identity;
	SSL_CTX *tls;
	struct http_connection *connections[MAX_CONNECTIONS];
	struct pending pending[MAX_CONNECTIONS];
	struct forwarded forwarded[MAX_FORWARDED];
	struct trust server_trust, client_trust;
	uint64_t last_connection;
	const struct pki_cert *root, *client_ca;
	uint64_t client_life_s;
	int64_t client_start_s;
	enum scn_issuer_state state;
	uint64_t delay_ns;
	char *wrong;
	struct pki_cert **issued;
	size_t issued_count;
	unsigned requests;
	bool dropped; /* connections ended since the last look: whoever waits for an answer has something to see */
};

struct answer {
	int status;
	const char *content_type; /* static */
	char *body; /* malloc'ed C string; NULL only while it is being decided */
	size_t length;
	uint64_t due_ns; /* 0: at once */
	char note[160]; /* for the timeline */
};

/* Counts the request, decides and tells the timeline. The caller clears *ret. */
void issuer_decide(struct issuer *issuer, const struct http_request *request, struct answer *ret);
void issuer_answer_clear(struct answer *a);

/* forward.c */
bool forward_pump(struct issuer *issuer);
uint64_t forward_next_deadline(const struct issuer *issuer);
void forward_drop_all(struct issuer *issuer);
void forward_forget(struct issuer *issuer);

#endif
