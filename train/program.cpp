// SPDX-License-Identifier: Apache-2.0
#include "train/program.h"

#include <fmt/format.h>
#include <spdlog/spdlog.h>

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <sstream>

#include "kernels/autotune_file.h"
#include "kernels/dtype.h"
#include "kernels/error.h"
#include "train/command_pages.h"
#include "train/commit.h"

namespace train {

namespace {

// What is wrong with the flags, and where they stand: on the command line or in the file of --config.
std::string complaint(CLI::App& app, int argc, char** argv, const CLI::ParseError& error) {
  const std::string said = error.what();
  const CLI::Option* config = app.get_config_ptr();
  if (config == nullptr || config->count() == 0) return said;
  const std::string file = config->results().back();
  const std::string strange = "INI was not able to parse ";
  if (said.starts_with(strange))
    return fmt::format("--config {}: '{}' is no flag of this program", file, said.substr(strange.size()));
  // CLI11 does not tell where a value came from: without the file, the same error is the command line's own.
  try {
    app.clear();
    app.set_config();
    app.parse(argc, argv);
  } catch (const CLI::Error& without_file) {
    if (without_file.what() == said) return said;
  }
  return dynamic_cast<const CLI::FileError*>(&error) ? "--config: " + said : fmt::format("--config {}: {}", file, said);
}

void close_output() {
  if (std::fflush(stdout) != 0)
    throw kernels::FileError("standard output: cannot be written: {}", std::strerror(errno));
}

int run_body(const CLI::App& app, const std::function<void()>& body) {
  try {
    body();
    close_output();
    return static_cast<int>(kernels::ExitCode::ok);
  } catch (const std::exception& error) {
    fmt::print(stderr, "{}: {}\n", app.get_name(), kernels::describe(error));
    return static_cast<int>(kernels::exit_code(error));
  }
}

}  // namespace

int run_program(CLI::App& app, int argc, char** argv, const std::function<void()>& body) {
  app.set_config("--config", "", "TOML file of flags; flags on the command line override it")
      ->type_name("FILE")
      ->check([](const std::string& path) {
        std::error_code ignored;
        return std::filesystem::is_directory(path, ignored) ? "expected a file, got a folder: " + path : std::string();
      });
  // A key that is misspelt must not be passed over in silence.
  app.allow_config_extras(CLI::config_extras_mode::error);
  for (CLI::App* kind : app.get_subcommands([](CLI::App*) { return true; }))
    kind->allow_config_extras(CLI::config_extras_mode::error);
  app.set_version_flag("--version", version_text());
  std::filesystem::path pages;
  app.add_option_function<std::filesystem::path>(
         "--command-pages",
         [&pages](const std::filesystem::path& folder) {
           pages = folder;
           throw CLI::Success();  // Whatever else is missing.
         },
         "Write the man page and the completion for bash and zsh below this folder, and exit")
      ->type_name("DIR")
      ->configurable(false);
  app.get_formatter()->column_width(36);
  try {
    app.parse(argc, argv);
  } catch (const CLI::Success& asked) {  // --help, --version, --command-pages
    if (pages.empty()) return app.exit(asked);
    return run_body(app, [&] { write_command_pages(command_table(app), ISOTHERM_VERSION, pages); });
  } catch (const CLI::ParseError& error) {
    const std::string text = kernels::describe(std::runtime_error(complaint(app, argc, argv, error)));
    fmt::print(stderr, "{}: {}; see {} --help\n", app.get_name(), text, app.get_name());
    return static_cast<int>(kernels::ExitCode::usage);
  }
  return run_body(app, body);
}

std::string resolved_flags(const CLI::App& app) {
  std::istringstream all(app.config_to_str(true, true));
  std::string kept, paragraph;  // A paragraph: comments, then key = value.
  bool empty = false;
  const auto keep = [&] {
    if (!empty) kept += paragraph;
    paragraph.clear();
    empty = false;
  };
  for (std::string line; std::getline(all, line);) {
    paragraph += line + "\n";
    if (line.ends_with("=\"\"")) empty = true;
    // Of a subcommand that was not given.
    if (!line.starts_with('#') && line.find('.') < line.find('=') && line.find('=') != std::string::npos) empty = true;
    if (line.empty()) keep();
  }
  keep();
  return kept;
}

void DeviceFlags::add_to(CLI::App& app) {
  propose(app.add_option("--device", device, "auto, cpu, reference, cuda or cuda:N")->capture_default_str(),
          {"auto", "cpu", "reference", "cuda"});
  propose(app.add_option("--precision", precision, "f32, bf16, or tf32: f32 multiplied on tensor cores (device cuda)")
              ->capture_default_str(),
          {"f32", "bf16", "tf32"});
  app.add_option("--threads", threads, "CPU threads of one kernel; 0: all cores")->capture_default_str();
  app.add_option("--conv", convolutions,
                 "Convolutions and matrix products of device cuda: native (own kernels), library (cuDNN, cuBLASLt) or "
                 "auto (the quicker of both, timed once); without the flag auto on a GPU with these libraries")
      ->check(CLI::IsMember({"native", "library", "auto"}));
  app.add_flag("--deterministic", deterministic,
               "On device cuda nothing is timed, so that every run takes the same kernels and gives the same bits");
  app.add_option("--choices", choices,
                 "File that remembers what was timed on device cuda; without the flag isotherm/choices.json in "
                 "$XDG_CACHE_HOME or ~/.cache")
      ->type_name("FILE")
      ->envname("ISOTHERM_CHOICES");
}

std::shared_ptr<kernels::Queue> DeviceFlags::open() const {
  const kernels::Device chosen = kernels::parse_device(device);
  if (device == "auto") spdlog::info("device: {}", to_string(chosen));
  const bool tf32 = kernels::parse_precision(precision) == kernels::Precision::tf32;
  const kernels::AutotuneOptions autotune{
      .provider = convolutions.empty() ? kernels::Provider::unset : kernels::parse_provider(convolutions),
      .determinism = deterministic ? kernels::Determinism::required : kernels::Determinism::relaxed,
      .file = choices.empty() ? kernels::default_choices_file() : choices,
      .warn = [](const std::string& text) {
        spdlog::warn("{}", text);
      }};
  return std::make_shared<kernels::Queue>(
      chosen, kernels::QueueOptions{.threads = threads,
                                    .products = tf32 ? kernels::Products::tf32 : kernels::Products::f32,
                                    .autotune = autotune});
}

kernels::DType DeviceFlags::compute_dtype(const kernels::Queue& queue) const {
  const kernels::Precision wanted = kernels::parse_precision(precision);
  if (queue.device().kind == kernels::DeviceKind::reference) {
    if (wanted != kernels::Precision::f32)
      throw kernels::UsageError("--precision {}: the reference device computes in double only", precision);
    return kernels::DType::f64;
  }
  return wanted == kernels::Precision::bf16 ? kernels::DType::bf16 : kernels::DType::f32;
}

std::string command_line(int argc, const char* const* argv) {
  std::string line;
  for (int i = 0; i < argc; ++i) {
    const std::string word = argv[i];
    const bool plain = !word.empty() && word.find_first_not_of(
                                            "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
                                            "0123456789-_=+,./:@%") == std::string::npos;
    std::string quoted = "'";
    for (const char letter : word) quoted += letter == '\'' ? std::string("'\\''") : std::string(1, letter);
    line += (i > 0 ? " " : "") + (plain ? word : quoted + "'");
  }
  return line;
}

std::string version_text() {
  return fmt::format("isotherm {} (commit {}, {}, {}, instruction set {})", ISOTHERM_VERSION, source_commit(),
                     __VERSION__, kernels::library_versions(), kernels::instruction_set());
}

}  // namespace train
