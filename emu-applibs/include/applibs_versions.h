/* For projects that include "applibs_versions.h" and bring none along; see <applibs/applibs_versions.h>. */
#include <applibs/applibs_versions.h>
