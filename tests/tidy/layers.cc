#include "tests/tidy/layers.h"

#include <algorithm>
#include <array>

#include "tests/tidy/source_tree.h"

namespace tidy {
namespace {

constexpr std::string_view kBackends =
    "core/io/uring_backend.h core/io/epoll_backend.h core/io/simulated_backend.h";

constexpr std::array kLayers{
    Layer{"core/base", "", ""},
    Layer{"core/io", "core/base", ""},
    Layer{"core/work", "core/base core/io", kBackends},
    Layer{"core/log", "core/base core/io", kBackends},
    Layer{"core/probe", "core/base core/io", kBackends},
    Layer{"core/tls", "core/base", ""},
    Layer{"core/digest", "core/base", ""},
    Layer{"core/password", "core/base", ""},
    Layer{"config", "core/base", ""},
    Layer{"server/http", "core/base core/io/output_queue.h core/io/block_pool.h", ""},
    Layer{"server/auth",
          "server/http core/base core/digest core/io core/work core/password config/utf8.h",
          kBackends},
    Layer{"server/handlers", "server/http core config", kBackends},
    Layer{"server/dispatch", "server/handlers server/http config core/base", ""},
    Layer{"server/net", "server/http server/dispatch core config", ""},
    Layer{"server/app", "core config server prove", ""},
    Layer{"loadtest", "core", ""},
    // It tries a server from outside, as everybody may, and must not know better.
    Layer{"prove", "core loadtest", ""},
    // A second opinion on what server/ does, worth something as long as it is independent.
    Layer{"tests/specification", "", ""},
};

constexpr std::string_view kOurFolders = "core config server loadtest prove tests";

constexpr std::array kLibraries{
    Library{"liburing", "PkgConfig::liburing", "core/io/uring_backend.h core/io/uring_backend.cc"},
    Library{"openssl/", "OpenSSL::", "core/tls core/digest tests/core/tls"},
    Library{"nlohmann/", "nlohmann_json::",
            "config/document.cc config/schema.cc loadtest/json_report.cc prove/json.cc "
            "server/app/status_json.cc server/app/status_view.cc "
            "tests/server/net/json_reader.cc"},
    Library{"CLI/", "CLI11::", "server/app/command_line.cc loadtest/command_line.cc"},
    Library{"doctest/", "doctest::", "tests"},
    Library{"crypt.h", "PkgConfig::libxcrypt",
            "core/password/password_hash.cc core/password/password_hasher.cc"},
    Library{"tl/", "tl::", "core/base/result.h"},
};

bool covers(std::string_view entry, std::string_view path) {
  return entry == path || is_inside(path, entry);
}

bool any_covers(std::string_view list, std::string_view path) {
  return std::ranges::any_of(split(list, " "),
                             [path](std::string_view entry) { return covers(entry, path); });
}

}  // namespace

std::span<const Library> libraries() { return kLibraries; }

const Layer* layer_of(std::string_view path) {
  const auto found = std::ranges::find_if(
      kLayers, [path](const Layer& layer) { return is_inside(path, layer.folder); });
  return found == kLayers.end() ? nullptr : &*found;
}

const Layer* layer_by_target(std::string_view target) {
  const auto found = std::ranges::find_if(
      kLayers, [target](const Layer& layer) { return target_of(layer) == target; });
  return found == kLayers.end() ? nullptr : &*found;
}

std::string target_of(const Layer& layer) {
  auto target = "ouro_" + std::string(layer.folder);
  std::ranges::replace(target, '/', '_');
  return target;
}

bool is_ours(std::string_view path) { return any_covers(kOurFolders, path); }

bool is_adapter(const Library& library, std::string_view path) {
  return any_covers(library.adapter, path);
}

bool may_include(const Layer& layer, std::string_view path) {
  return is_inside(path, layer.folder) ||
         (any_covers(layer.may_include, path) && !any_covers(layer.but_not, path));
}

// A library may be linked when it holds something that may be included.
bool may_link(const Layer& layer, const Layer& other) {
  return &layer == &other ||
         std::ranges::any_of(split(layer.may_include, " "), [&other](std::string_view entry) {
           return covers(entry, other.folder) || is_inside(entry, other.folder);
         });
}

bool may_link(const Layer& layer, const Library& library) {
  return std::ranges::any_of(split(library.adapter, " "), [&layer](std::string_view entry) {
    return covers(layer.folder, entry);
  });
}

std::string describe(const Layer& layer) {
  const std::string folder(layer.folder);
  if (layer.may_include.empty()) return folder + " may include nothing of ours but itself";
  auto text = folder + " may include only " + std::string(layer.may_include);
  if (!layer.but_not.empty()) text += " (but not " + std::string(layer.but_not) + ")";
  return text;
}

}  // namespace tidy
