/* The daemons' settings: templates of radius-config/ with their names filled in, and small files on the helper's tmpfs.
 */
#ifndef SIM_NET_TESTNETD_CONF_H
#define SIM_NET_TESTNETD_CONF_H

#include <stddef.h>

/* NUL-terminated text of the templates. */
extern const char testnetd_template_radiusd[];
extern const char testnetd_template_dictionary[];
extern const char testnetd_template_openssl[];
extern const char testnetd_template_hostapd[];
extern const char testnetd_template_supplicant[];
extern const char testnetd_template_hostapd_radio[];
extern const char testnetd_template_hostapd_other[];
extern const char testnetd_template_supplicant_radio[];

struct conf_var {
	const char *name; /* as between the at-signs */
	const char *value;
};

/* The template with every @NAME@ replaced. 0 and *ret_text (caller frees; may hold a secret), -EINVAL when the template
 * names something that `vars` does not have, -ENOMEM. */
int conf_expand(const char *text, const struct conf_var *vars, size_t var_count, char **ret_text);

/* A file of mode 0600 at `path`, replaced as a whole: a reader sees the old or the new one. 0 or negative errno. */
int conf_write(const char *path, const char *text, size_t length);

/* `length` bytes in hex, into out (NUL-terminated), as far as it holds them; returns out. No byte of them can mean anything to the
 * parser of a daemon's settings. */
const char *conf_hex(const void *bytes, size_t length, char *out, size_t size);

/* The same of the client certificate's serial number, after a good handshake; NULL list: none is refused. */
#define CONF_NOT_ON_FILE "this client certificate is not on file"
int conf_only_clients(char *const *serials, size_t count, char **ret_text);

/* A check of User-Name against a list, in FreeRADIUS's own language; NULL list: no check. Every byte of an identity is
 * compared in hex, so that no identity can mean anything to the parser. 0 and *ret_text (caller frees), or -ENOMEM. */
int conf_known_identities(char *const *identities, size_t count, char **ret_text);

#endif
