/* The versions of the structures that a program is written for: 1 each, there is no other.
 *
 * Projects made from the SDK's templates bring a file of this name along and include it before everything else; this one is for
 * those that expect to find it. Source: the samples of the Azure Sphere SDK.
 */
#ifndef APPLIBS_APPLIBS_VERSIONS_H
#define APPLIBS_APPLIBS_VERSIONS_H

#ifndef NETWORKING_STRUCTS_VERSION
#define NETWORKING_STRUCTS_VERSION 1
#endif
#ifndef WIFICONFIG_STRUCTS_VERSION
#define WIFICONFIG_STRUCTS_VERSION 1
#endif
#ifndef UART_STRUCTS_VERSION
#define UART_STRUCTS_VERSION 1
#endif
#ifndef SPI_STRUCTS_VERSION
#define SPI_STRUCTS_VERSION 1
#endif

#endif
