/* See testnetd/scan.h. */
#define _GNU_SOURCE
#include "sim/net/testnetd/scan.h"

#include <stdio.h>

#include "emu-applibs/base/base.h"

static int hex_digit(char c)
{
	return c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

/* wpa_supplicant writes what is not printable, and quotes and backslashes, as C does. */
static bool take_name(const char *from, const char *to, struct join_row *row)
{
	static const char letters[] = "nrte\\\"", bytes[] = "\n\r\t\033\\\"";

	row->ssid_length = 0;
	while (from < to) {
		uint8_t byte = (uint8_t) *from++;

		if (byte == '\\') {
			const char *letter = from < to ? strchr(letters, *from) : NULL;

			if (letter != NULL && *letter != '\0') {
				byte = (uint8_t) bytes[letter - letters];
				from++;
			} else if (to - from >= 3 && from[0] == 'x' && hex_digit(from[1]) >= 0 && hex_digit(from[2]) >= 0) {
				byte = (uint8_t) (hex_digit(from[1]) << 4 | hex_digit(from[2]));
				from += 3;
			} else {
				return false;
			}
		}
		if (row->ssid_length >= sizeof(row->ssid))
			return false;
		row->ssid[row->ssid_length++] = byte;
	}
	/* A hidden one may show as many zeroes as its name has bytes. */
	for (size_t i = 0; i < row->ssid_length; i++)
		if (row->ssid[i] != 0)
			return true;
	row->ssid_length = 0;
	return true;
}

bool scan_address(const char *text, uint8_t out[6])
{
	for (int i = 0; i < 6; i++, text += 3) {
		if (hex_digit(text[0]) < 0 || hex_digit(text[1]) < 0 || (i < 5 && text[2] != ':'))
			return false;
		out[i] = (uint8_t) (hex_digit(text[0]) << 4 | hex_digit(text[1]));
	}
	return true;
}

static bool take_security(const char *flags, size_t length, enum auth_security *ret)
{
	if (memmem(flags, length, "WPA2-EAP", 8) != NULL)
		*ret = AUTH_SECURITY_EAP_TLS;
	else if (memmem(flags, length, "WPA2-PSK", 8) != NULL)
		*ret = AUTH_SECURITY_PSK;
	else if (memmem(flags, length, "WPA", 3) == NULL && memmem(flags, length, "WEP", 3) == NULL)
		*ret = AUTH_SECURITY_OPEN;
	else
		return false;
	return true;
}

/* bssid TAB frequency TAB signal TAB flags TAB ssid */
static bool take_row(const char *line, const char *end, struct join_row *row)
{
	const char *field[5] = {line};
	char *stop;

	for (int i = 1; i < 5; i++) {
		const char *tab = memchr(field[i - 1], '\t', (size_t) (end - field[i - 1]));

		if (tab == NULL)
			return false;
		field[i] = tab + 1;
	}
	*row = (struct join_row){.frequency_mhz = (unsigned) strtoul(field[1], &stop, 10)};
	if (field[1] - line != 18 || !scan_address(line, row->bssid) || *stop != '\t')
		return false;
	row->rssi_dbm = (int) strtol(field[2], &stop, 10);
	return *stop == '\t' && take_security(field[3], (size_t) (field[4] - field[3]), &row->security) && take_name(field[4], end, row);
}

size_t scan_rows(const char *text, struct join_row *rows, size_t max)
{
	size_t count = 0;

	while (*text != '\0' && count < max) {
		const char *end = strchrnul(text, '\n');

		if (take_row(text, end, &rows[count]))
			count++;
		text = end + (*end == '\n');
	}
	return count;
}

bool scan_value(const char *text, const char *key, char *out, size_t size)
{
	size_t length = strlen(key);

	while (*text != '\0') {
		const char *end = strchrnul(text, '\n');

		if (strncmp(text, key, length) == 0 && text[length] == '=')
			return (size_t) snprintf(out, size, "%.*s", (int) (end - text - (ptrdiff_t) length - 1), text + length + 1) < size;
		text = end + (*end == '\n');
	}
	return false;
}
