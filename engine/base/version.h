/* version.h - which embudo this is: the version of the build, "0.3.0". */
#ifndef EMBUDO_BASE_VERSION_H
#define EMBUDO_BASE_VERSION_H

extern const char version_text[];

#endif
