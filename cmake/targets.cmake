# Flags and helpers for our own targets.

option(OURO_WERROR "treat warnings as errors" ON)
option(OURO_FUZZ "build the libFuzzer executables of tests/fuzz (clang only)" OFF)
set(OURO_SANITIZE "" CACHE STRING "comma separated -fsanitize list, e.g. address,undefined")

add_library(ouro_flags INTERFACE)
target_include_directories(ouro_flags INTERFACE ${CMAKE_SOURCE_DIR})
target_compile_options(ouro_flags INTERFACE
  -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wnon-virtual-dtor -Wold-style-cast
  $<$<BOOL:${OURO_WERROR}>:-Werror>
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

# ouro_library(core_io SOURCES a.cc ... LINK core_base ...): the library of one folder.
# LINK is the whole list of what its files may include; the tidy test holds them to it.
function(ouro_library name)
  cmake_parse_arguments(PARSE_ARGV 1 arg "" "" "SOURCES;LINK;LINK_PRIVATE")
  add_library(ouro_${name} STATIC ${arg_SOURCES})
  list(TRANSFORM arg_LINK PREPEND ouro_)
  target_link_libraries(ouro_${name} PUBLIC ouro_flags ${arg_LINK} PRIVATE ${arg_LINK_PRIVATE})
endfunction()
