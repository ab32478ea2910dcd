/* Marks of functions that have a successor. Included by the other headers; applications need not.
 *
 * As in the SDK they speak only when AZURE_SPHERE_PUBLIC_SDK is defined, which its CMake files do and ours leave to the application: so
 * an old program builds here without a warning. Source: applibs_internal_api_traits.h of the Azure Sphere SDK.
 */
#ifndef APPLIBS_APPLIBS_INTERNAL_API_TRAITS_H
#define APPLIBS_APPLIBS_INTERNAL_API_TRAITS_H

/* Works still; a warning names what to use instead. */
#ifndef _AZSPHERE_DEPRECATED_BY
#ifdef AZURE_SPHERE_PUBLIC_SDK
#define _AZSPHERE_DEPRECATED_BY(replacement) __attribute__((deprecated("use " #replacement " instead")))
#else
#define _AZSPHERE_DEPRECATED_BY(replacement)
#endif
#endif

/* Works no more; an error names what to use instead. */
#ifndef _AZSPHERE_OBSOLETED_BY
#ifdef AZURE_SPHERE_PUBLIC_SDK
#define _AZSPHERE_OBSOLETED_BY(replacement) __attribute__((error("use " #replacement " instead")))
#else
#define _AZSPHERE_OBSOLETED_BY(replacement)
#endif
#endif

#endif
