/* See support.h. */
#define _GNU_SOURCE
#include "tests/net_wired/support.h"

#include <dirent.h>
#include <stdio.h>
#include <sys/stat.h>

#include "emu-applibs/base/base.h"

#define MATERIAL_MAX 64

static struct material materials[MATERIAL_MAX];
static size_t material_count;

static struct material *make(enum pki_use use, const char *name, const struct material *issuer, int64_t from_s, int64_t to_s,
                             enum pki_fault fault, const struct material *key_of)
{
	struct material *m = &materials[material_count];
	char error[PKI_ERROR_MAX] = "";
	struct pki_spec spec = {
	        .name = name,
	        .use = use,
	        .key = PKI_KEY_P256,
	        .not_before_s = NOW + from_s,
	        .not_after_s = NOW + to_s,
	        .now_s = NOW,
	        .issuer = issuer != NULL ? issuer->cert : NULL,
	        .dns_name = use == PKI_SERVER ? "radius.example" : NULL,
	        .fault = fault,
	        .key_of = key_of != NULL ? key_of->cert : NULL,
	};

	if (material_count == MATERIAL_MAX || pki_make(&spec, &m->cert, error) < 0)
		fail_msg("certificate %s: %s", name, error);
	material_count++;
	m->chain = pki_chain_pem(m->cert);
	assert_non_null(m->chain);
	assert_int_equal(pki_key_pem(m->cert, PKI_PKCS8, NULL, &m->key), 0);
	return m;
}

struct material *material_make(enum pki_use use, const char *name, const struct material *issuer, int64_t from_s, int64_t to_s,
                               enum pki_fault fault)
{
	return make(use, name, issuer, from_s, to_s, fault, NULL);
}

struct material *material_cross(const char *name, const struct material *issuer, const struct material *of, int64_t from_s,
                                int64_t to_s)
{
	return make(PKI_INTERMEDIATE, name, issuer, from_s, to_s, PKI_FAULT_NONE, of);
}

void material_free(void)
{
	for (size_t i = 0; i < material_count; i++) {
		pki_free(materials[i].cert);
		free(materials[i].chain);
		explicit_bzero(materials[i].key, strlen(materials[i].key));
		free(materials[i].key);
	}
	material_count = 0;
}

struct net_state good_state(const struct material *server, const struct material *client_root)
{
	return (struct net_state){
	        .ssid = SSID,
	        .server_chain_pem = server->chain,
	        .server_key_pem = server->key,
	        .client_roots_pem = pki_cert_pem(client_root->cert),
	        .cn_must_match = true,
	        .tls = NET_TLS_1_2,
	        .radius_up = true,
	        NET_ONE_BSS,
	};
}

struct auth_request good_request(const struct material *client, const struct material *root)
{
	return (struct auth_request){
	        .ssid = (const uint8_t *) SSID,
	        .ssid_length = strlen(SSID),
	        .identity = "device-0001",
	        .root_ca_pem = pki_cert_pem(root->cert),
	        .client_cert_pem = client->chain,
	        .client_key_pem = client->key,
	};
}

void must(int r, const struct az_error *error, const char *what)
{
	if (r < 0)
		fail_msg("%s: %d: %s", what, r, error->text);
}

/* Test programs are in build/tests; the daemons in build/daemons. */
static void find_daemons(void)
{
	char path[1024];
	ssize_t n = readlink("/proc/self/exe", path, sizeof(path) - 32);
	char *slash;

	if (n <= 0)
		return;
	path[n] = '\0';
	slash = strrchr(path, '/');
	(void) snprintf(slash, 32, "/../daemons");
	if (access(path, X_OK) == 0)
		(void) setenv("AZSIM_DAEMONS", path, 0);
}

bool wired_absent(void)
{
	static int absent = -1;
	struct az_error error;

	if (absent < 0) {
		find_daemons();
		absent = net_wired_ops.probe(&error) < 0;
		if (absent)
			print_message("\nSKIP: NOT TESTED, the wired network: %s\n\n", error.text);
	}
	return absent == 1;
}

void opened_open(struct opened *opened, const struct net_ops *ops)
{
	struct az_error error;

	*opened = (struct opened){.ops = ops, .dir = "/tmp/azsim-net-XXXXXX"};
	assert_non_null(mkdtemp(opened->dir));
	must(ops->open(opened->dir, &opened->net, &error), &error, "open");
}

void opened_good(struct opened *opened, const struct net_ops *ops, const struct material *server, const struct material *root)
{
	struct net_state good = good_state(server, root);
	struct az_error error;

	opened_open(opened, ops);
	must(ops->apply(opened->net, &good, &error), &error, "apply");
	must(ops->set_clocks(opened->net, NOW, NOW, &error), &error, "clocks");
}

int opened_authenticate(struct opened *opened, const struct material *client, const struct material *root, struct auth_verdict *verdict,
                        struct az_error *error)
{
	struct auth_request request = good_request(client, root);

	return opened->ops->authenticate(opened->net, &request, verdict, error);
}

void opened_close(struct opened *opened)
{
	DIR *dir;

	opened->ops->close(opened->net);
	opened->net = NULL;
	dir = opendir(opened->dir);
	assert_non_null(dir);
	for (struct dirent *e = readdir(dir); e != NULL; e = readdir(dir))
		(void) unlinkat(dirfd(dir), e->d_name, 0);
	(void) closedir(dir);
	assert_int_equal(rmdir(opened->dir), 0);
}

char *file_text(const char *dir, const char *name)
{
	char path[256];
	char *text = NULL;
	size_t size = 0;
	FILE *f;

	(void) snprintf(path, sizeof(path), "%s/%s", dir, name);
	f = fopen(path, "re");
	assert_non_null(f);
	if (getdelim(&text, &size, '\0', f) < 0 && text != NULL)
		text[0] = '\0';
	(void) fclose(f);
	return text;
}
