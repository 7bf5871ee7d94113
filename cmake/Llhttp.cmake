# llhttp, the HTTP parser, as a static library. Debian's node-llhttp package ships its C sources (and keeps them patched).
# Strict mode has to be set for the library and for whoever includes its header. Not ours to warn about: -w.
find_path(LLHTTP_INCLUDE_DIR llhttp.h PATHS /usr/share/include/llhttp /usr/local/share/include/llhttp NO_DEFAULT_PATH)
find_path(LLHTTP_SOURCE_DIR llhttp.c PATHS /usr/share/llhttp /usr/local/share/llhttp NO_DEFAULT_PATH)
if(NOT LLHTTP_INCLUDE_DIR OR NOT LLHTTP_SOURCE_DIR)
  message(FATAL_ERROR "llhttp's sources are missing: expected llhttp.h and /usr/share/llhttp/llhttp.c.\n"
                      "Run ./dev deps (it installs Debian's node-llhttp), or set LLHTTP_INCLUDE_DIR and LLHTTP_SOURCE_DIR.")
endif()

add_library(llhttp_embudo STATIC "${LLHTTP_SOURCE_DIR}/api.c" "${LLHTTP_SOURCE_DIR}/http.c" "${LLHTTP_SOURCE_DIR}/llhttp.c")
target_include_directories(llhttp_embudo SYSTEM PUBLIC "${LLHTTP_INCLUDE_DIR}")
target_compile_definitions(llhttp_embudo PUBLIC LLHTTP_STRICT_MODE=1)
target_compile_options(llhttp_embudo PRIVATE -w -O2)
