// Goal: whoever writes a key that is not there is told which one to write, and where. Method: a
// table over the real keys.
#include "config/unknown_key.h"

#include <doctest/doctest.h>

#include <string_view>

TEST_SUITE("config/unknown_key") {
  TEST_CASE("slips, keys in the wrong place, other servers' words, and what is not there yet") {
    struct Case {
      std::string_view name;
      const config::Keys& keys;
      std::string_view help;
      std::string_view meant;
    };
    const Case cases[] = {
        {"lisen", config::kConfigKeys, "did you mean \"listen\"?", "listen"},
        {"Hosts", config::kSiteKeys, "did you mean \"hosts\"?", "hosts"},
        {"nonsense", config::kDrainKeys, "allowed: \"timeout\", \"delay\"", ""},
        {"nonsense", config::kSiteKeys, "allowed: \"$schema\", \"hosts\"", ""},
        {"keepalive_timeout", config::kConfigKeys, "it belongs inside \"limits\"", "limits"},
        {"address", config::kConfigKeys, "it belongs inside \"listen\"", "listen"},
        {"hosts", config::kConfigKeys, "it belongs inside \"sites\"", "sites"},
        {"root", config::kConfigKeys, "inside \"files\" of \"routes\" of \"sites\"", "sites"},
        {"root", config::kSiteKeys, "it belongs inside \"files\" of \"routes\"", "routes"},
        {"root", config::kRouteKeys, "it belongs inside \"files\"", "files"},
        {"methods", config::kSiteKeys, "it belongs inside \"routes\"", "routes"},
        {"threads", config::kConfigKeys, "inside \"files\" of \"lanes\"", "lanes"},
        {"server", config::kConfigKeys, "here it is \"sites\"", "sites"},
        {"server_name", config::kSiteKeys, "here it is \"hosts\"", "hosts"},
        {"location", config::kSiteKeys, "here it is \"routes\"", "routes"},
        {"try_files", config::kRouteKeys, "here it is \"fallback\" inside \"files\"", "files"},
        {"autoindex", config::kFilesKeys, "here it is \"listing\"", "listing"},
        {"port", config::kListenKeys, "here it is \"address\"", "address"},
        {"server_name", config::kFilesKeys, "allowed: \"root\"", ""},
        {"ssl", config::kListenKeys, "here it is \"tls\"", "tls"},
        {"certificate", config::kConfigKeys, "it belongs inside \"tls\" of \"sites\"", "sites"},
        {"certificate", config::kSiteKeys, "it belongs inside \"tls\"", "tls"},
        {"certificate", config::kTlsKeys, "it belongs inside \"tls\" of a site", ""},
        {"certficate", config::kSiteTlsKeys, "did you mean \"certificate\"?", "certificate"},
        {"ssl_certificate", config::kSiteKeys, "\"certificate\" inside \"tls\"", "tls"},
        {"ssl_certificate_key", config::kSiteTlsKeys, "here it is \"key\"", "key"},
        {"ssl_certificate", config::kListenKeys,
         "here it is \"certificate\" inside \"tls\" of a site", ""},
        {"ca", config::kSiteTlsKeys, "it belongs inside \"client_auth\"", "client_auth"},
        {"min_version", config::kListenKeys, "inside \"tls\" of the whole file", ""},
        {"proxy_pass", config::kRouteKeys, "ouro passes no request on", "files"},
        {"auth", config::kConfigKeys, "it belongs inside \"sites\"", "sites"},
        {"basic", config::kRouteKeys, "it belongs inside \"auth\"", "auth"},
        {"users_file", config::kRouteKeys, "inside \"basic\" of \"auth\"", "auth"},
        {"realm", config::kAuthKeys, "it belongs inside \"basic\"", "basic"},
        {"user_file", config::kBasicAuthKeys, "did you mean \"users_file\"?", "users_file"},
        {"auth_basic", config::kRouteKeys, "here it is \"auth\"", "auth"},
        {"basic_auth", config::kSiteKeys, "here it is \"auth\"", "auth"},
        {"auth_basic_user_file", config::kRouteKeys,
         "here it is \"users_file\" inside \"basic\" of \"auth\"", "auth"},
    };
    for (const Case& test : cases) {
      CAPTURE(test.name);
      const config::KeyAdvice advice = config::advise_on_key(test.name, test.keys);
      CAPTURE(advice.help);
      CHECK(advice.help.find(test.help) != std::string::npos);
      CHECK(advice.meant == test.meant);
    }
  }
}
