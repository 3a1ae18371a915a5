# Every dependency is a Debian package. A missing one stops the configuration with the name of the
# package, because "Could NOT find Foo" does not tell a newcomer what to type.

find_package(PkgConfig REQUIRED)
find_package(Threads REQUIRED)

function(ouro_missing package)
  message(FATAL_ERROR "ouro needs the Debian package ${package}:\n"
                      "    apt-get install ${package}\n(./dev build installs whatever is missing)")
endfunction()

pkg_check_modules(liburing QUIET IMPORTED_TARGET liburing>=2.3)
if(NOT liburing_FOUND)
  ouro_missing(liburing-dev)
endif()

find_package(fmt QUIET)
if(NOT fmt_FOUND)
  ouro_missing(libfmt-dev)
endif()

find_package(tl-expected QUIET)
if(NOT tl-expected_FOUND)
  ouro_missing(libexpected-dev)
endif()

find_package(nlohmann_json 3.11 QUIET)
if(NOT nlohmann_json_FOUND)
  ouro_missing(nlohmann-json3-dev)
endif()

find_package(CLI11 QUIET)
if(NOT CLI11_FOUND)
  ouro_missing(libcli11-dev)
endif()

if(BUILD_TESTING OR NOT DEFINED BUILD_TESTING)
  find_package(doctest QUIET)
  if(NOT doctest_FOUND)
    ouro_missing(doctest-dev)
  endif()
endif()

# llhttp: Debian 13 exports a CMake package; Debian 12 ships the C sources inside node-llhttp, whose
# installation would pull in all of nodejs, so ./dev unpacks them under build/ instead.
find_package(llhttp CONFIG QUIET)
if(TARGET llhttp::llhttp_shared)
  add_library(ouro_llhttp ALIAS llhttp::llhttp_shared)
else()
  find_path(OURO_LLHTTP_PREFIX share/llhttp/llhttp.c
            HINTS ${CMAKE_SOURCE_DIR}/build/llhttp/usr /usr NO_DEFAULT_PATH)
  if(NOT OURO_LLHTTP_PREFIX)
    message(FATAL_ERROR "ouro needs llhttp's C sources from the Debian package node-llhttp:\n"
                        "    apt-get download node-llhttp && dpkg-deb -x node-llhttp_*.deb build/llhttp\n"
                        "(./dev build does this without installing nodejs)")
  endif()
  set(llhttp_sources ${OURO_LLHTTP_PREFIX}/share/llhttp)
  add_library(ouro_llhttp STATIC ${llhttp_sources}/api.c ${llhttp_sources}/http.c
                                 ${llhttp_sources}/llhttp.c)
  target_include_directories(ouro_llhttp SYSTEM PUBLIC
                             ${OURO_LLHTTP_PREFIX}/share/include/llhttp)
  # Strict mode closes most of the holes listed in tests/server/http/http1_parser_test.cc; the flag
  # also changes the header's view of the world, hence PUBLIC.
  target_compile_definitions(ouro_llhttp PUBLIC LLHTTP_STRICT_MODE=1)
  target_compile_options(ouro_llhttp PRIVATE -w)
endif()
