/* Verdicts of cases and probes. */
#include "contract.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

const char *errno_name(int error)
{
	static const struct {
		int error;
		const char *name;
	} names[] = {
#define NAME(e) { e, #e }
		NAME(EACCES), NAME(EAGAIN), NAME(EBADF),  NAME(EBADMSG), NAME(EBUSY),  NAME(EEXIST),   NAME(EFAULT), NAME(EFBIG),
		NAME(EINTR),  NAME(EINVAL), NAME(EIO),    NAME(EMFILE),  NAME(ENETDOWN), NAME(ENOBUFS), NAME(ENODATA), NAME(ENODEV),
		NAME(ENOENT), NAME(ENOMEM), NAME(ENOSPC), NAME(ENOSYS),  NAME(ENOTCONN), NAME(ENOTSUP), NAME(EPERM),  NAME(ERANGE),
#undef NAME
	};
	static char other[32];

	if (error == 0)
		return "success";
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (names[i].error == error)
			return names[i].name;
	(void) snprintf(other, sizeof(other), "errno %d", error);
	return other;
}

static void decide(struct test *t, enum verdict verdict, const char *format, va_list args)
{
	if (t->verdict != VERDICT_NONE)
		return;
	t->verdict = verdict;
	(void) vsnprintf(t->why, sizeof(t->why), format, args);
}

void test_ok(struct test *t)
{
	if (t->verdict == VERDICT_NONE)
		t->verdict = VERDICT_OK;
}

void test_not_ok(struct test *t, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	decide(t, VERDICT_NOT_OK, format, args);
	va_end(args);
}

void test_skip(struct test *t, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	decide(t, VERDICT_SKIP, format, args);
	va_end(args);
}

void test_judge(struct test *t, long result, int error, int other, const char *reading)
{
	int got = result < 0 ? error : SUCCESS;
	char wanted[32];

	if (result < 0 && error == t->error) {
		test_ok(t);
	} else if ((t->error == ENOSPC || t->error == EFBIG) && got == EIO) {
		test_skip(t, "flash takes no write at all, full or not");
	} else if (got == other) {
		test_skip(t, "this device follows the other document: %s", reading);
	} else {
		(void) snprintf(wanted, sizeof(wanted), "%s", errno_name(t->error));
		test_not_ok(t, "expected %s, got %s", wanted, errno_name(got));
	}
}

void probe_by_errno(struct test *t, long result, int error, int error_a, const char *choice_a, int error_b, const char *choice_b)
{
	int got = result < 0 ? error : SUCCESS;

	if (got == error_a)
		probe_says(t, choice_a);
	else if (got == error_b)
		probe_says(t, choice_b);
	else
		test_not_ok(t, "the device gives %s, which is none of the choices", errno_name(got));
}

void probe_says(struct test *t, const char *choice)
{
	tap_remark("reading: %s=%s", t->name, choice);
	test_ok(t);
}
