# One static library a floor. A floor links only the floors below it, so an upward call does not link either.
find_package(PkgConfig REQUIRED)
find_package(Threads REQUIRED)
pkg_check_modules(SIMDJSON REQUIRED IMPORTED_TARGET simdjson)
pkg_check_modules(SODIUM REQUIRED IMPORTED_TARGET libsodium)
pkg_check_modules(XXHASH REQUIRED IMPORTED_TARGET libxxhash)
pkg_check_modules(PCRE2 REQUIRED IMPORTED_TARGET libpcre2-8)
pkg_check_modules(UTF8PROC REQUIRED IMPORTED_TARGET libutf8proc)
pkg_check_modules(CURL REQUIRED IMPORTED_TARGET libcurl)
pkg_check_modules(UV REQUIRED IMPORTED_TARGET libuv)
pkg_check_modules(YAML REQUIRED IMPORTED_TARGET yaml-0.1)
pkg_check_modules(SQLITE REQUIRED IMPORTED_TARGET sqlite3)
pkg_check_modules(EDIT REQUIRED IMPORTED_TARGET libedit)
pkg_check_modules(ZLIB REQUIRED IMPORTED_TARGET zlib)
pkg_check_modules(ZSTD REQUIRED IMPORTED_TARGET libzstd)
pkg_check_modules(CARES REQUIRED IMPORTED_TARGET libcares)
pkg_check_modules(PSL REQUIRED IMPORTED_TARGET libpsl)
pkg_check_modules(MMDB REQUIRED IMPORTED_TARGET libmaxminddb)
find_library(CCTZ_LIBRARY cctz REQUIRED) # time zones; it has no .pc file

# embudo_floor(NAME LIBRARIES...): engine/NAME as the library embudo_NAME, on the floors and libraries named.
function(embudo_floor name)
  file(GLOB_RECURSE sources CONFIGURE_DEPENDS "${CMAKE_SOURCE_DIR}/engine/${name}/*.c"
       "${CMAKE_SOURCE_DIR}/engine/${name}/*.cpp")
  add_library(embudo_${name} STATIC ${sources})
  target_include_directories(embudo_${name} PUBLIC "${CMAKE_SOURCE_DIR}/engine")
  target_link_libraries(embudo_${name} PUBLIC ${ARGN})
endfunction()
