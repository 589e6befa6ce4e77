// SPDX-License-Identifier: Apache-2.0
// Lines and bars.
#include "train/progress.h"

#include <fmt/format.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdlib>
#include <limits>
#include <string_view>
#include <utility>

namespace train {
namespace {

constexpr double seconds_between_redraws = 0.1;

double steady_seconds() {
  return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count();
}

}  // namespace

std::string format_duration(double seconds) {
  if (!std::isfinite(seconds) || seconds < 0 || seconds > 1e9) return "?";
  const auto whole = std::llround(seconds);
  if (whole < 3600) return fmt::format("{}:{:02}", whole / 60, whole % 60);
  return fmt::format("{}:{:02}:{:02}", whole / 3600, whole / 60 % 60, whole % 60);
}

ProgressOptions progress_options_for_stderr(std::string label, std::int64_t steps) {
  ProgressOptions options{.label = std::move(label), .steps = steps};
  const char* terminal = std::getenv("TERM");
  const bool dumb = terminal == nullptr || std::string_view(terminal) == "dumb";
  if (isatty(STDERR_FILENO) == 0 || dumb) return options;
  options.style = ProgressStyle::bar;
  const char* no_colour = std::getenv("NO_COLOR");
  options.colour = no_colour == nullptr || *no_colour == '\0';
  winsize size{};
  if (ioctl(STDERR_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0) options.width = size.ws_col;
  return options;
}

Progress::Progress(ProgressOptions options, std::ostream& out) : options_(std::move(options)), out_(out) {
  if (!options_.clock) options_.clock = steady_seconds;
  options_.steps = std::max<std::int64_t>(options_.steps, 1);
  begin_ = drawn_ = latest_ = options_.clock();
  if (options_.style == ProgressStyle::bar) draw();
}

void Progress::advance(const Step& step) {
  if (finished_) return;
  ++done_;
  images_ += step.images;
  data_wait_ += step.data_wait_seconds;
  if (!step.status.empty()) status_ = step.status;
  latest_ = options_.clock();
  const double pause = options_.style == ProgressStyle::bar ? seconds_between_redraws : options_.seconds_between;
  if (latest_ - drawn_ >= pause) draw();
}

void Progress::finish() {
  if (finished_) return;
  latest_ = options_.clock();
  draw();
  if (options_.style == ProgressStyle::bar) out_ << '\n' << std::flush;
  finished_ = true;
}

double Progress::images_per_second() const {
  const double seconds = latest_ - begin_;
  return seconds > 0 ? static_cast<double>(images_) / seconds : 0;
}

double Progress::data_wait_share() const {
  const double seconds = latest_ - begin_;
  return seconds > 0 ? std::clamp(data_wait_ / seconds, 0.0, 1.0) : 0;
}

void Progress::draw() {
  drawn_ = latest_;
  if (options_.style == ProgressStyle::bar)
    out_ << '\r' << bar_line(latest_) << "\x1b[K" << std::flush;  // Erases what a longer line left behind.
  else
    out_ << plain_line(latest_) << '\n' << std::flush;
}

std::string Progress::figures(double now) const {
  const double elapsed = now - begin_;
  const bool complete = done_ >= options_.steps;
  const double left = done_ > 0 ? elapsed / static_cast<double>(done_) * static_cast<double>(options_.steps - done_)
                                : std::numeric_limits<double>::infinity();
  std::string text =
      complete ? fmt::format("took {}", format_duration(elapsed)) : fmt::format("ETA {}", format_duration(left));
  if (images_ > 0)
    text += fmt::format("  {:.1f} images/s  data wait {:.0f} %", images_per_second(), 100 * data_wait_share());
  if (!status_.empty()) text += "  " + status_;
  return text;
}

std::string Progress::bar_line(double now) const {
  const double share = std::min(1.0, static_cast<double>(done_) / static_cast<double>(options_.steps));
  const std::string before = options_.label + (options_.label.empty() ? "" : " ");
  std::string after = fmt::format(" {:3.0f} %  {}", std::floor(100 * share), figures(now));
  // The last column stays free: some terminals wrap when it is written.
  const int room = options_.width - 1 - static_cast<int>(before.size() + after.size()) - 2;
  if (room < 5) return (before + after.substr(1)).substr(0, static_cast<std::size_t>(std::max(options_.width - 1, 0)));
  const int length = std::min(room, 40), filled = static_cast<int>(std::floor(share * length));
  const std::string done(static_cast<std::size_t>(filled), '#'), open(static_cast<std::size_t>(length - filled), '-');
  if (options_.colour) return fmt::format("{}[\x1b[32m{}\x1b[90m{}\x1b[0m]{}", before, done, open, after);
  return fmt::format("{}[{}{}]{}", before, done, open, after);
}

std::string Progress::plain_line(double now) const {
  const double share = std::min(1.0, static_cast<double>(done_) / static_cast<double>(options_.steps));
  return fmt::format("{}{}/{} ({:.0f} %)  {}", options_.label + (options_.label.empty() ? "" : "  "), done_,
                     options_.steps, std::floor(100 * share), figures(now));
}

}  // namespace train
