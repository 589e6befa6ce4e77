// SPDX-License-Identifier: Apache-2.0
// What a long computation tells about itself: on a terminal one line with a bar that is redrawn in place, elsewhere (a
// file, a pipe) a plain line now and then. Both say how far, how long still, how many images per second, and which
// share of the time was spent waiting for data.
#pragma once

#include <cstdint>
#include <functional>
#include <ostream>
#include <string>

namespace train {

enum class ProgressStyle { bar, lines };

struct ProgressOptions {
  std::string label = {};  // "epoch 3/10".
  std::int64_t steps = 1;  // In all.
  ProgressStyle style = ProgressStyle::lines;
  bool colour = false;                 // Of the bar.
  int width = 80;                      // Of the terminal, in characters.
  double seconds_between = 10;         // Plain lines; the bar is redrawn ten times a second at most.
  std::function<double()> clock = {};  // Seconds; empty: the steady clock.
};

// What stderr is: a bar on a terminal, colour unless NO_COLOR is set (https://no-color.org) or TERM is dumb.
ProgressOptions progress_options_for_stderr(std::string label, std::int64_t steps);

class Progress {
 public:
  Progress(ProgressOptions options, std::ostream& out);

  struct Step {
    int images = 0;
    double data_wait_seconds = 0;
    std::string status = {};  // "loss 0.412"; kept until the next one that is not empty.
  };
  void advance(const Step& step);
  void finish();  // Draws the last state and ends the line; further calls do nothing.

  double images_per_second() const;  // 0 before the first image.
  double data_wait_share() const;    // Of the time since the beginning, 0 to 1.

 private:
  void draw();
  std::string bar_line(double now) const;
  std::string plain_line(double now) const;
  std::string figures(double now) const;

  ProgressOptions options_;
  std::ostream& out_;
  double begin_ = 0, drawn_ = 0, latest_ = 0;  // Seconds of the clock.
  std::int64_t done_ = 0, images_ = 0;
  double data_wait_ = 0;
  std::string status_;
  bool finished_ = false;
};

// "0:07", "12:40", "3:05:00"; "?" for what is not finite.
std::string format_duration(double seconds);

}  // namespace train
