/* What the device says about itself: certificates and their dates, the three networks, the connection. Nothing is assumed
 * from what this program did before. */
#include <errno.h>
#include <string.h>

#include "app/rotation/internal.h"

static const char *const cert_ids[ROT_CERT_COUNT] = {
	[ROT_ROOT1] = ROT_ID_ROOT1,
	[ROT_ROOT2] = ROT_ID_ROOT2,
	[ROT_CLIENT1] = ROT_ID_CLIENT1,
	[ROT_CLIENT2] = ROT_ID_CLIENT2,
};

int64_t rot_tm_to_s(const struct tm *tm)
{
	return x509_seconds((int64_t)tm->tm_year + 1900, tm->tm_mon + 1, tm->tm_mday, tm->tm_hour, tm->tm_min, tm->tm_sec);
}

static bool is_id(const CertStore_Identifier *id, const char *name)
{
	return strncmp(id->identifier, name, sizeof(id->identifier)) == 0;
}

/* Much is done for a certificate that is missing or unreadable, so one call's word for it is not enough: a store that tells one date
 * and not the other, or the name of what it does not have, is in trouble, and nothing is done until it is not. */
static int derive_cert(struct rotation *r, size_t i, struct rot_facts *f)
{
	struct CertStore_SubjectName name;
	struct tm before, after;
	int e = rot_result(r->ops->not_after(cert_ids[i], &after)), e2;

	if (e == -ENOENT) {
		e2 = rot_result(r->ops->subject_name(cert_ids[i], &name));
		return e2 == -ENOENT ? 0 : e2 < 0 && e2 != -EINVAL ? e2 : -EIO;
	}
	if (e < 0 && e != -EINVAL)
		return e;
	e2 = rot_result(r->ops->not_before(cert_ids[i], &before));
	if (e2 < 0 && e2 != -EINVAL)
		return e2;
	if ((e < 0) != (e2 < 0))
		return -EIO;
	/* EINVAL: the store holds something unreadable. It is there, and it is worth nothing. */
	f->cert[i].present = true;
	f->cert[i].not_before_s = e < 0 ? 0 : rot_tm_to_s(&before);
	f->cert[i].not_after_s = e < 0 ? 0 : rot_tm_to_s(&after);
	return 0;
}

static int derive_certs(struct rotation *r, struct rot_facts *f)
{
	for (size_t i = 0; i < ROT_CERT_COUNT; i++) {
		int e = derive_cert(r, i, f);

		if (e < 0)
			return e;
	}
	return 0;
}

/* The end of who signed this certificate, as far as the store holds that: RADIUS refuses what outlives its issuer. A root may be
 * there twice, renewed under its old name; then RADIUS has the later one, too. */
static int64_t issuer_end_s(struct rotation *r, const struct rot_facts *f, enum rot_cert_slot slot)
{
	struct CertStore_IssuerName issuer;
	int64_t end_s = INT64_MIN;

	if (!f->cert[slot].present || r->ops->issuer_name(cert_ids[slot], &issuer) < 0)
		return INT64_MAX;
	for (enum rot_cert_slot root = ROT_ROOT1; root <= ROT_ROOT2; root++) {
		struct CertStore_SubjectName subject;

		if (f->cert[root].present && f->cert[root].not_after_s > end_s && r->ops->subject_name(cert_ids[root], &subject) == 0 &&
		    strncmp(subject.name, issuer.name, sizeof(subject.name)) == 0)
			end_s = f->cert[root].not_after_s;
	}
	return end_s == INT64_MIN ? INT64_MAX : end_s;
}

static int64_t earlier_s(int64_t a_s, int64_t b_s)
{
	return a_s < b_s ? a_s : b_s;
}

/* The root may be gone before what it signed: the journal remembers its end. */
static void derive_ends(struct rotation *r, struct rot_facts *f)
{
	int64_t of[ROT_CERT_COUNT];
	struct rot_journal *j = &r->journal;
	uint32_t tag = (uint32_t)f->cert[ROT_CLIENT1].not_after_s;

	for (size_t i = 0; i < ROT_CERT_COUNT; i++)
		of[i] = f->cert[i].present ? f->cert[i].not_after_s : -1;
	if (memcmp(of, r->issuer.of, sizeof(of)) != 0) {
		memcpy(r->issuer.of, of, sizeof(of));
		r->issuer.client1_s = issuer_end_s(r, f, ROT_CLIENT1);
		r->issuer.client2_s = issuer_end_s(r, f, ROT_CLIENT2);
		if (r->issuer.client1_s < f->cert[ROT_CLIENT1].not_after_s) {
			j->issuer_end_s = r->issuer.client1_s;
			j->issuer_end_of = tag;
		} else if (r->issuer.client1_s == INT64_MAX && j->issuer_end_s != 0 && j->issuer_end_of == tag) {
			r->issuer.client1_s = j->issuer_end_s;
		}
	}
	f->cert[ROT_CLIENT1].end_s = earlier_s(f->cert[ROT_CLIENT1].not_after_s, r->issuer.client1_s);
	f->cert[ROT_CLIENT2].end_s = earlier_s(f->cert[ROT_CLIENT2].not_after_s, r->issuer.client2_s);
}

static int derive_networks(struct rotation *r, struct rot_facts *f)
{
	int connected;

	for (size_t i = 0; i < ROT_NET_COUNT; i++) {
		CertStore_Identifier root = { { 0 } }, client = { { 0 } };
		int id = rot_result(r->ops->id_by_name(rot_net_name((enum rot_net_slot)i)));
		int e;

		/* Without Network1 nothing is done at all, so that, too, is asked twice. */
		if (i == ROT_NET1 && (id == -ENODEV || id == -ENOENT))
			id = rot_result(r->ops->id_by_name(ROT_NAME_NET1));
		f->net[i].id = id;
		if (id == -ENODEV || id == -ENOENT) {
			f->net[i].id = -1;
			continue;
		}
		if (id < 0)
			return id;
		e = rot_result(r->ops->get_root(id, &root));
		if (e >= 0)
			e = rot_result(r->ops->get_client(id, &client));
		if (e < 0)
			return e;
		f->net[i].root1 = is_id(&root, ROT_ID_ROOT1);
		f->net[i].root2 = is_id(&root, ROT_ID_ROOT2);
		f->net[i].client1 = is_id(&client, ROT_ID_CLIENT1);
		f->net[i].client2 = is_id(&client, ROT_ID_CLIENT2);
	}
	connected = rot_result(r->ops->connected_id());
	if (connected < 0 && connected != -ENOTCONN)
		return connected;
	f->connected = connected < 0 ? ROT_NET_NONE : ROT_NET_OTHER;
	for (size_t i = 0; connected >= 0 && i < ROT_NET_COUNT; i++) {
		if (f->net[i].id == connected)
			f->connected = (enum rot_net_slot)i;
	}
	return 0;
}

int rot_derive(struct rotation *r)
{
	struct rot_facts f = { 0 };
	int e = derive_certs(r, &f);

	if (e >= 0)
		e = derive_networks(r, &f);
	if (e < 0)
		return e;
	if (r->ops->networking_ready(&f.ready) < 0)
		f.ready = false;
	f.now_s = r->ops->wall_s(r->ops->ctx);
	f.mono_s = r->ops->mono_s(r->ops->ctx);
	derive_ends(r, &f);
	r->facts = f;
	if (r->seen != f.connected) {
		r->seen = f.connected;
		r->seen_since_s = f.mono_s;
	}
	if (f.connected != ROT_NET_NONE)
		r->offline_since_s = -1;
	else if (r->offline_since_s < 0)
		r->offline_since_s = f.mono_s;
	return 0;
}

int rot_same_roots(struct rotation *r)
{
	const struct rot_facts *f = &r->facts;
	struct CertStore_SubjectName subject1, subject2;
	struct CertStore_IssuerName issuer1, issuer2;
	int e;

	if (f->cert[ROT_ROOT1].not_before_s != f->cert[ROT_ROOT2].not_before_s ||
	    f->cert[ROT_ROOT1].not_after_s != f->cert[ROT_ROOT2].not_after_s)
		return 0;
	e = rot_result(r->ops->subject_name(ROT_ID_ROOT1, &subject1));
	if (e >= 0)
		e = rot_result(r->ops->subject_name(ROT_ID_ROOT2, &subject2));
	if (e >= 0)
		e = rot_result(r->ops->issuer_name(ROT_ID_ROOT1, &issuer1));
	if (e >= 0)
		e = rot_result(r->ops->issuer_name(ROT_ID_ROOT2, &issuer2));
	if (e < 0)
		return e;
	return strncmp(subject1.name, subject2.name, sizeof(subject1.name)) == 0 &&
	       strncmp(issuer1.name, issuer2.name, sizeof(issuer1.name)) == 0;
}

bool rot_is_another(struct rotation *r, enum rot_cert_slot slot, const struct pem_span *pem)
{
	const struct rot_facts *f = &r->facts;
	static struct x509_glance glance; /* as below */

	return f->cert[slot].present && x509_look(pem, &glance) == 0 &&
	       (glance.not_before_s != f->cert[slot].not_before_s || glance.not_after_s != f->cert[slot].not_after_s);
}

bool rot_is_root1(struct rotation *r, const struct pem_span *pem)
{
	const struct rot_facts *f = &r->facts;
	struct CertStore_SubjectName subject;
	struct CertStore_IssuerName issuer;
	static struct x509_glance glance; /* 1.5 KiB: not for the stack; nothing here is called twice at a time */

	if (!f->cert[ROT_ROOT1].present || x509_look(pem, &glance) < 0 ||
	    glance.not_before_s != f->cert[ROT_ROOT1].not_before_s || glance.not_after_s != f->cert[ROT_ROOT1].not_after_s ||
	    rot_result(r->ops->subject_name(ROT_ID_ROOT1, &subject)) < 0 || rot_result(r->ops->issuer_name(ROT_ID_ROOT1, &issuer)) < 0)
		return false;
	subject.name[sizeof(subject.name) - 1] = '\0';
	issuer.name[sizeof(issuer.name) - 1] = '\0';
	return x509_subject_is(&glance, subject.name) && x509_issuer_is(&glance, issuer.name);
}
