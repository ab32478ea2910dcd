/* Debug messages of the application; the simulator puts them on its timeline.
 *
 * Thread-safe. No capability needed. Source: log.h of the Azure Sphere SDK; Microsoft Learn, Log_Debug.
 */
#ifndef APPLIBS_LOG_H
#define APPLIBS_LOG_H

#include <stdarg.h>

#ifdef __cplusplus
extern "C" {
#endif

#if defined(__GNUC__)
#define z__LOG_FORMAT(fmt, first) __attribute__((format(printf, fmt, first)))
#else
#define z__LOG_FORMAT(fmt, first)
#endif

/* printf of the C library. 0; or -1 and errno: EFAULT fmt is NULL. Ours: text after the first 4096 bytes is cut off. */
int Log_Debug(const char *fmt, ...) z__LOG_FORMAT(1, 2);

/* The same with the arguments in args, which the caller starts and ends. */
int Log_DebugVarArgs(const char *fmt, va_list args) z__LOG_FORMAT(1, 0);

#undef z__LOG_FORMAT

#ifdef __cplusplus
}
#endif

#endif
