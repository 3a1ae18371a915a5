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

# libxcrypt, which the package holds; the crypt of an old glibc knows neither bcrypt nor yescrypt.
pkg_check_modules(libxcrypt QUIET IMPORTED_TARGET libxcrypt>=4.3)
if(NOT libxcrypt_FOUND)
  ouro_missing(libcrypt-dev)
endif()

find_package(OpenSSL 3.0 QUIET)
if(NOT OPENSSL_FOUND)
  ouro_missing(libssl-dev)
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
