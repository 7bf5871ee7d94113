# PUC Lua 5.4.9 as a static library. The tarball is Debian's own source package, fetched by ./dev (see ARCHITECTURE.md,
# "Why our own Lua") and never committed. Debian 12's liblua5.4 miscompiles comparisons used as an index of an upvalue
# table, so linking it has to be asked for: -DEMBUDO_LUA=system.
set(EMBUDO_LUA "bundled" CACHE STRING "bundled (5.4.9 from the tarball) or system (Debian's, miscompiles some rules)")
set(EMBUDO_LUA_TARBALL "${CMAKE_SOURCE_DIR}/build/deps/lua5.4_5.4.9.orig.tar.gz" CACHE FILEPATH "Lua 5.4.9 source tarball")
set(EMBUDO_LUA_SHA256 2335b6c582a52654f94612bf10d2f4672805d05329aa6568b1d8cd9e5c6fb8e6)

if(EMBUDO_LUA STREQUAL "system")
  message(WARNING "EMBUDO_LUA=system: Lua 5.4.0 to 5.4.7 give wrong scores for W[lead.country == \"DE\"] on an upvalue "
                  "table, and the sealing of rule functions does not find assignments of captured variables. Do not "
                  "use this build in production.")
  find_package(PkgConfig REQUIRED)
  pkg_check_modules(LUA54 REQUIRED IMPORTED_TARGET lua5.4)
  add_library(lua_embudo INTERFACE)
  target_link_libraries(lua_embudo INTERFACE PkgConfig::LUA54)
  return()
endif()

if(NOT EXISTS "${EMBUDO_LUA_TARBALL}")
  message(FATAL_ERROR "Lua 5.4.9's source is missing: ${EMBUDO_LUA_TARBALL}\n"
                      "Run ./dev deps (it fetches Debian's source package), or set EMBUDO_LUA_TARBALL to a local copy.")
endif()
file(SHA256 "${EMBUDO_LUA_TARBALL}" lua_sha256)
if(NOT lua_sha256 STREQUAL EMBUDO_LUA_SHA256)
  message(FATAL_ERROR "${EMBUDO_LUA_TARBALL} is not Lua 5.4.9: SHA-256 ${lua_sha256}, expected ${EMBUDO_LUA_SHA256}")
endif()
set(lua_dir "${CMAKE_BINARY_DIR}/lua")
if(NOT EXISTS "${lua_dir}/lua-5.4.9/src/lua.h")
  file(ARCHIVE_EXTRACT INPUT "${EMBUDO_LUA_TARBALL}" DESTINATION "${lua_dir}")
endif()
file(GLOB lua_sources "${lua_dir}/lua-5.4.9/src/*.c")
list(FILTER lua_sources EXCLUDE REGEX "/(lua|luac|linit|loadlib|liolib|loslib|ldblib|lcorolib)\\.c$")

add_library(lua_embudo STATIC ${lua_sources})
target_include_directories(lua_embudo SYSTEM INTERFACE "${lua_dir}/lua-5.4.9/src")
# A fixed seed gives the same pairs() order in every process: scores must not depend on the run.
# (An option, because CMake drops definitions that take an argument.)
# What a comparison of texts costs is counted by the sandbox (engine/vm/sandbox/fuel.h).
set_property(SOURCE "${lua_dir}/lua-5.4.9/src/lvm.c" APPEND PROPERTY COMPILE_DEFINITIONS strcoll=embudo_lua_strcoll)
set_property(SOURCE "${lua_dir}/lua-5.4.9/src/lstring.c" APPEND PROPERTY COMPILE_DEFINITIONS memcmp=embudo_lua_memcmp)
target_compile_options(lua_embudo PRIVATE "-Dluai_makeseed(L)=0x656d6275u" -w -fvisibility=hidden -O2)
