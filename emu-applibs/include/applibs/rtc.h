/* The clock that runs on while the device has no power.
 *
 * Needs SystemTime in app_manifest.json. The system time that a program sets is lost with the power unless it is written here. Source:
 * rtc.h of the Azure Sphere SDK; Microsoft Learn, "Manage system time and the RTC in high-level applications".
 */
#ifndef APPLIBS_RTC_H
#define APPLIBS_RTC_H

#ifdef __cplusplus
extern "C" {
#endif

/* Writes the system time (UTC) to the clock. 0; or -1 and errno:
 *   EACCES  the manifest lacks SystemTime
 *   EBUSY   the clock is in use: try again
 *   ENOENT  there is no clock, or it is switched off in hardware */
int clock_systohc(void);

#ifdef __cplusplus
}
#endif

#endif
