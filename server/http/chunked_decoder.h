// ChunkedDecoder: the framing of the chunked transfer coding (RFC 9112 7.1), from the first chunk's
// size to the line of the last chunk; the trailer section behind it is not its business. Strict:
// lines end with CRLF, white space stands only where the grammar has it (BWS around ";" and "=" of
// an extension), and an extension is a token with perhaps a token or quoted string. Extensions are
// checked and ignored, as the RFC asks. Any cutting of the input gives the same result. A value;
// any thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace server {

class ChunkedDecoder {
 public:
  // RFC 9112 7.1.1 wants a limit on extensions, which nobody uses but attackers: what stands
  // between sizes and line ends, over the whole body.
  static constexpr std::size_t kExtensionBytesMax = 4096;
  // Of one chunk's line: its size may begin with any number of zeros.
  static constexpr std::size_t kLineBytesMax = 8192;

  enum class Result : std::uint8_t {
    kMore,      // everything was consumed, or `content` is set; to be called again
    kEnd,       // behind the last chunk's line: the trailer section comes next
    kBad,       // broken framing
    kTooLarge,  // the chunks announced so far hold more than the content allowed
  };

  explicit ChunkedDecoder(std::uint64_t content_bytes_max = 0)
      : content_bytes_left_(content_bytes_max) {}

  struct Step {
    Result result = Result::kMore;
    std::size_t consumed = 0;
    std::string_view content;  // of the bytes consumed, the last ones
  };
  // Consumes framing up to and including the first stretch of content. Not after kEnd, kBad or
  // kTooLarge.
  [[nodiscard]] Step step(std::string_view bytes);

 private:
  enum class State : std::uint8_t {
    kSizeFirst,  // at least one digit
    kSize,
    kExtension,  // BWS in front of ";"
    kNameFirst,  // BWS and a token's first character
    kName,
    kNameEnd,     // BWS behind a name
    kValueFirst,  // BWS, then a token's first character or a quote
    kValue,
    kQuoted,
    kQuotedPair,
    kValueEnd,  // behind a closing quote
    kLineFeed,  // of the chunk's line
    kContent,
    kContentReturn,
    kContentLineFeed,
  };

  [[nodiscard]] bool read_framing(char c);
  [[nodiscard]] bool read_line(char c);
  [[nodiscard]] bool read_extension(char c);
  [[nodiscard]] bool read_size(char c);
  [[nodiscard]] bool end_of_name(char c);
  [[nodiscard]] bool end_of_element(char c);

  State state_ = State::kSizeFirst;
  std::uint64_t size_ = 0;  // of the chunk; what is left of it while in its content
  std::uint64_t content_bytes_left_;
  std::size_t line_bytes_ = 0;
  std::size_t extension_bytes_ = 0;
};

}  // namespace server
