#include "server/http/date_text.h"

#include <ctime>

namespace server {

std::string_view DateText::now() {
  timespec time{};
  // Good to a few milliseconds and read without entering the kernel.
  clock_gettime(CLOCK_REALTIME_COARSE, &time);
  if (time.tv_sec != rendered_second_) {
    rendered_second_ = time.tv_sec;
    render_date(rendered_second_, text_);
  }
  return {text_.data(), text_.size()};
}

}  // namespace server
