/* The version that all programs print; the Makefile gives it. */
#ifndef COMMON_BASE_VERSION_H
#define COMMON_BASE_VERSION_H

#ifndef E2ESIM_VERSION
#define E2ESIM_VERSION "0.1.0"
#endif

#endif
