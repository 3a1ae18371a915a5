# Flags and helpers for our own targets.

option(OURO_WERROR "treat warnings as errors" ON)
# Quick, but it hides a missing #include: the server is built without it for the release.
set(OURO_PRECOMPILE "" CACHE STRING "what takes common headers from one place: tests, everything")
option(OURO_FUZZ "build the libFuzzer executables of tests/fuzz (clang only)" OFF)
set(OURO_SANITIZE "" CACHE STRING "comma separated -fsanitize list, e.g. address,undefined")

add_library(ouro_flags INTERFACE)
target_include_directories(ouro_flags INTERFACE ${CMAKE_SOURCE_DIR})
target_compile_options(ouro_flags INTERFACE
  -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wnon-virtual-dtor -Wold-style-cast
  $<$<BOOL:${OURO_WERROR}>:-Werror>
  # The same object wherever the checkout is, so that ccache knows it again.
  $<$<CXX_COMPILER_ID:GNU>:-ffile-prefix-map=${CMAKE_SOURCE_DIR}/=>
  $<$<CXX_COMPILER_ID:Clang>:-Wthread-safety>)
target_compile_definitions(ouro_flags INTERFACE _GLIBCXX_ASSERTIONS)
target_link_libraries(ouro_flags INTERFACE Threads::Threads)
if(OURO_SANITIZE)
  target_compile_options(ouro_flags INTERFACE -fsanitize=${OURO_SANITIZE}
                                              -fno-sanitize-recover=all -fno-omit-frame-pointer)
  target_link_options(ouro_flags INTERFACE -fsanitize=${OURO_SANITIZE})
  # tl::expected and fmt trip gcc's flow analysis once sanitizers change the inlining.
  target_compile_options(ouro_flags INTERFACE
    $<$<CXX_COMPILER_ID:GNU>:-Wno-maybe-uninitialized -Wno-stringop-overflow>)
endif()
if(OURO_FUZZ)
  target_compile_options(ouro_flags INTERFACE -fsanitize=fuzzer-no-link)
endif()

set(ouro_common_headers <algorithm> <array> <atomic> <chrono> <functional> <map> <memory> <optional>
                        <random> <span> <string> <string_view> <thread> <utility> <vector>
                        <fmt/format.h> <tl/expected.hpp>)
file(CONFIGURE OUTPUT ${CMAKE_BINARY_DIR}/empty.cc CONTENT "\n")

# ouro_precompile(name LINK library HEADERS ...): the target name for REUSE_FROM, which fits only
# targets that are compiled with the flags and definitions of `library`.
function(ouro_precompile name)
  cmake_parse_arguments(PARSE_ARGV 1 arg "" "LINK" "HEADERS")
  add_library(${name} OBJECT ${CMAKE_BINARY_DIR}/empty.cc)
  target_link_libraries(${name} PRIVATE ${arg_LINK})
  target_precompile_headers(${name} PRIVATE ${arg_HEADERS})
endfunction()

if(OURO_PRECOMPILE STREQUAL "everything")
  target_link_libraries(ouro_flags INTERFACE fmt::fmt tl::expected)
  ouro_precompile(ouro_headers LINK ouro_flags HEADERS ${ouro_common_headers})
endif()

# ouro_library(core_io SOURCES a.cc ... LINK core_base ...): the library of one folder.
# LINK is the whole list of what its files may include; the tidy test holds them to it.
function(ouro_library name)
  cmake_parse_arguments(PARSE_ARGV 1 arg "" "" "SOURCES;LINK;LINK_PRIVATE")
  add_library(ouro_${name} STATIC ${arg_SOURCES})
  list(TRANSFORM arg_LINK PREPEND ouro_)
  target_link_libraries(ouro_${name} PUBLIC ouro_flags ${arg_LINK} PRIVATE ${arg_LINK_PRIVATE})
  if(TARGET ouro_headers)
    target_precompile_headers(ouro_${name} REUSE_FROM ouro_headers)
  endif()
endfunction()
