#include "base/version.h"

const char version_text[] = EMBUDO_VERSION; /* the build's, see engine/CMakeLists.txt */
