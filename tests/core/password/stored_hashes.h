// Hashes that other programs made, with their passwords. bcrypt: htpasswd -nbB (Apache's own code),
// Python's bcrypt (OpenBSD's), Solar Designer's published vector. SHA: openssl passwd -5 and -6.
// yescrypt: mkpasswd -m yescrypt. Constants; any thread.
#pragma once

#include <array>
#include <string_view>

#include "core/password/password_hash.h"

namespace test {

struct StoredHash {
  std::string_view password;
  core::PasswordHash::Kind kind;
  unsigned cost;
  std::size_t settings_size;
  std::string_view text;
};

using Kind = core::PasswordHash::Kind;

inline constexpr std::string_view kSeventyTwo =
    "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx";
static_assert(kSeventyTwo.size() == 72);

inline constexpr std::array kStoredHashes{
    StoredHash{"correct horse battery staple", Kind::kBcrypt, 4, 29,
               "$2y$04$/he2Nkdja.tVf1IiKEuDO.FDsoxDqIYINx9JcvFwplz4YXItRU0lK"},
    StoredHash{"pässwörd €", Kind::kBcrypt, 5, 29,
               "$2y$05$qgPCZxyHHwwYKRBQyOKyxONZLsYfn8CPohjND4XQVIt/N6ovXtFWC"},
    StoredHash{"", Kind::kBcrypt, 4, 29,
               "$2y$04$0w.L19vpP5aT0cp.ZkISq.CapgcqjL.qvQ8WOnTybsRiVixmhg9Fi"},
    StoredHash{"a:b:c", Kind::kBcrypt, 4, 29,
               "$2y$04$SD2XQPrCMCLIu9iIbD5SHOtssCwE15BlHH1s5FfZsikQYFvlMxc0."},
    StoredHash{kSeventyTwo, Kind::kBcrypt, 4, 29,
               "$2y$04$MuSBKdTW/atTvb.mGIOZ7.da9R4DUepT54r9NK2Gbvtsy21IQdAd2"},
    StoredHash{"U*U", Kind::kBcrypt, 5, 29,
               "$2a$05$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW"},
    StoredHash{"naïve ☃", Kind::kBcrypt, 4, 29,
               "$2b$04$p9J1fsZ/JEyU0001EI3XnekGhkgqeboFOZM3F4KhdZMBg6X9etvxK"},
    StoredHash{"Hello world!", Kind::kSha256, 5000, 14,
               "$5$saltstring$5B8vYYiY.CVt1RlTTf8KbXBH3hsxY/GNooZaBBGWEc5"},
    StoredHash{"secret", Kind::kSha256, 1000, 25,
               "$5$rounds=1000$roundsalt$lUCbt9XtIcgnEwqC0F1ZqnVZJuvR2.Yizn/Gj0BBD9/"},
    StoredHash{"Hello world!", Kind::kSha512, 5000, 14,
               "$6$saltstring$svn8UoSVapNtMuq1ukKS4tPQd8iKwSMHWjl/O817G3uBnIFNjnQJuesI68u4OTLiBFd"
               "cbYEdFCoEOfaS35inz1"},
    StoredHash{"secret", Kind::kSha512, 1000, 19,
               "$6$rounds=1000$abc$MqEcPZUYRGGcOeq7PhMpfjfu/F0HrVEI0OlZBijWvO8mSG77iNUDP5MqFceKpJT"
               "Bc8iITVtNyLiNTRNCxv6oh0"},
    StoredHash{"correct horse", Kind::kYescrypt, 12, 30,
               "$y$j9T$TfK/qvZaDYXrAF57SytJP.$6P4rjGEfu2MdvxGslIXttsprdjKU0ATlmcY/sdxPGMD"},
    StoredHash{"correct horse", Kind::kYescrypt, 10, 30,
               "$y$j75$9w5l26pkHlZ1Wv1qXBtjT.$PRkT6q.qp0O5h/BpEfXiQDKY0rQ/ij61tbfJAvRyeB5"},
};

}  // namespace test
