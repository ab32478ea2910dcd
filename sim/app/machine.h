/* What kind of machine an application is for, and what it takes to run it here. */
#ifndef SIM_APP_MACHINE_H
#define SIM_APP_MACHINE_H

#include "sim/util/error.h"

enum app_machine {
	APP_HOST, /* this one */
	APP_ARM,  /* the MT3620: run by qemu-arm on the libraries of `make mt3620` */
};

#define APP_ARM_ROOT "mt3620/root" /* below azsim's own folder */
#define APP_ARM_RUNNER "qemu-arm"

/* Reads the head of an executable. 0; or -ENOEXEC and *ret_error: no program, or one for a machine that cannot be had here. What is no
 * ELF file (a script) counts as of this machine. */
int app_machine_of(const char *path, enum app_machine *ret, struct az_error *ret_error);
/* Is everything there that such a program needs? home: azsim's own folder. 0 or -ENOENT and *ret_error. */
int app_machine_ready(enum app_machine machine, const char *home, struct az_error *ret_error);
const char *app_machine_name(enum app_machine machine);

#endif
