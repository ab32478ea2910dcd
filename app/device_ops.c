/* See device_ops.h. The applibs functions that are static inline in Microsoft's headers have no address to share, hence
 * the small functions of the same signature. */
#include "app/device_ops.h"

#include <errno.h>
#include <sys/random.h>
#include <unistd.h>

#include <applibs/log.h>
#include <applibs/networking.h>
#include <applibs/storage.h>

/* ---- CertStore and WifiConfig ------------------------------------------------------------------------------------------- */

static int subject_name(const char *id, struct CertStore_SubjectName *ret_name)
{
	return CertStore_GetCertificateSubjectName(id, ret_name);
}

static int issuer_name(const char *id, struct CertStore_IssuerName *ret_name)
{
	return CertStore_GetCertificateIssuerName(id, ret_name);
}

static int not_before(const char *id, struct tm *ret_time)
{
	return CertStore_GetCertificateNotBefore(id, ret_time);
}

static int not_after(const char *id, struct tm *ret_time)
{
	return CertStore_GetCertificateNotAfter(id, ret_time);
}

static int connected_id(void)
{
	return WifiConfig_GetConnectedNetworkId();
}

static int set_enabled(int network, bool enabled)
{
	return WifiConfig_SetNetworkEnabled(network, enabled);
}

static int set_root(int network, const char *id)
{
	return WifiConfig_SetRootCACertStoreIdentifier(network, id);
}

static int get_root(int network, CertStore_Identifier *ret_id)
{
	return WifiConfig_GetRootCACertStoreIdentifier(network, ret_id);
}

static int set_client(int network, const char *id)
{
	return WifiConfig_SetClientCertStoreIdentifier(network, id);
}

static int get_client(int network, CertStore_Identifier *ret_id)
{
	return WifiConfig_GetClientCertStoreIdentifier(network, ret_id);
}

static int get_identity(int network, WifiConfig_ClientIdentity *ret_identity)
{
	return WifiConfig_GetClientIdentity(network, ret_identity);
}

static int diagnostics(int network, WifiConfig_NetworkDiagnostics *ret_diagnostics)
{
	return WifiConfig_GetNetworkDiagnostics(network, ret_diagnostics);
}

static int persist(void)
{
	return WifiConfig_PersistConfig();
}

static int reload(void)
{
	return WifiConfig_ReloadConfig();
}

/* ---- Clocks, chance, storage, log ---------------------------------------------------------------------------------------- */

static int64_t seconds_of(clockid_t clock)
{
	struct timespec ts = { 0 };

	(void) clock_gettime(clock, &ts);
	return (int64_t)ts.tv_sec;
}

static int64_t wall_s(void *ctx)
{
	(void) ctx;
	return seconds_of(CLOCK_REALTIME);
}

static int64_t mono_s(void *ctx)
{
	(void) ctx;
	return seconds_of(CLOCK_MONOTONIC);
}

static uint32_t random_number(void *ctx)
{
	uint32_t v = 0;

	(void) ctx;
	/* Without random numbers the device only loses its jitter; its clock is better than nothing. */
	if (getrandom(&v, sizeof(v), 0) != (ssize_t)sizeof(v))
		v = (uint32_t)seconds_of(CLOCK_MONOTONIC) * 2654435761u;
	return v;
}

static int set_clock(void *ctx, int64_t wall)
{
	struct timespec ts = { .tv_sec = (time_t)wall };

	(void) ctx;
	if ((int64_t)ts.tv_sec != wall)
		return -EOVERFLOW; /* a C library with 32 bits of time */
	return clock_settime(CLOCK_REALTIME, &ts) < 0 ? -errno : 0;
}

static ssize_t journal_read(void *ctx, uint8_t *buffer, size_t capacity)
{
	int fd = Storage_OpenMutableFile();
	size_t length = 0;
	ssize_t n = 0;

	(void) ctx;
	if (fd < 0)
		return -errno;
	while (length < capacity) {
		n = read(fd, buffer + length, capacity - length);
		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			break;
		length += (size_t)n;
	}
	if (n < 0)
		n = -errno;
	(void) close(fd);
	return n < 0 ? n : (ssize_t)length;
}

static int journal_write(void *ctx, size_t offset, const uint8_t *record, size_t length)
{
	int fd = Storage_OpenMutableFile(), e = 0;

	(void) ctx;
	if (fd < 0)
		return -errno;
	if (lseek(fd, (off_t)offset, SEEK_SET) < 0)
		e = -errno;
	for (size_t done = 0; e == 0 && done < length;) {
		ssize_t n = write(fd, record + done, length - done);

		if (n > 0)
			done += (size_t)n;
		else if (n == 0)
			e = -EIO;
		else if (errno != EINTR)
			e = -errno;
	}
	if (close(fd) < 0 && e == 0)
		e = -errno;
	return e;
}

static void log_line(void *ctx, const char *line)
{
	(void) ctx;
	(void) Log_Debug("%s\n", line);
}

const struct rot_ops device_ops = {
	.install_client = CertStore_InstallClientCertificate,
	.install_root = CertStore_InstallRootCACertificate,
	.delete_certificate = CertStore_DeleteCertificate,
	.move_certificate = CertStore_MoveCertificate,
	.subject_name = subject_name,
	.issuer_name = issuer_name,
	.not_before = not_before,
	.not_after = not_after,
	.add_duplicate = WifiConfig_AddDuplicateNetwork,
	.id_by_name = WifiConfig_GetNetworkIdByConfigName,
	.connected_id = connected_id,
	.forget = WifiConfig_ForgetNetworkById,
	.set_enabled = set_enabled,
	.set_root = set_root,
	.get_root = get_root,
	.set_client = set_client,
	.get_client = get_client,
	.get_identity = get_identity,
	.diagnostics = diagnostics,
	.persist = persist,
	.reload = reload,
	.networking_ready = Networking_IsNetworkingReady,
	.wall_s = wall_s,
	.mono_s = mono_s,
	.random = random_number,
	.set_clock = set_clock,
	.journal_read = journal_read,
	.journal_write = journal_write,
	.log = log_line,
};
