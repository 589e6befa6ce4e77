// SPDX-License-Identifier: Apache-2.0
// Disks that are full, folders that may not be written, memory that runs out: calls are made to fail by a preloaded
// library, so that the tests say the same for every user. What existed stays, and no part of a file is left.
#include <algorithm>
#include <csignal>

#include "datasets/image_io.h"
#include "tests/support/bad_input.h"
#include "tests/support/catch.h"
#include "tests/support/program.h"
#include "tests/support/temporary_folder.h"

namespace fs = std::filesystem;
using test::BadInput;
using test::check_refused;

namespace {

const std::string data = " --dataset mfnet --data {good}/data --device cpu --threads 1 --workers 1 ";
const std::string train = "train --model mfnet --width 0.125 --batch 2 --epochs 1 --out {here}/run" + data;
const std::string evaluate = "evaluate --weights {good}/run/best.safetensors --out {here}/scores" + data;
const std::string predict =
    "predict --weights {good}/run/best.safetensors --out {here}/out --device cpu --threads 1 "
    "--images {good}/data/images --limit 1 ";
const std::string render = "prepare synthetic --size 32x64 --train 1 --val 1 --test 1 --threads 1 --out {here}/data";
const std::string full = "No space left on device", read_only = "Read-only file system",
                  forbidden = "Permission denied";

std::function<void(const fs::path&)> earlier(const std::string& name) {
  return [name](const fs::path& here) {
    test::write_text(here / name, "what was there before");
  };
}

void copy_run(const fs::path& here) {
  fs::copy(test::good_things() / "run", here / "run", fs::copy_options::recursive);
}

}  // namespace

TEST_CASE("a full disk is told with the file, and the file from before stays") {
  check_refused(std::vector<BadInput>{
      {"weights",
       "convert {good}/start.safetensors {here}/out.safetensors",
       3,
       {"{here}/out.safetensors", full},
       earlier("out.safetensors"),
       "half write out.safetensors"},
      {"weights for PyTorch",
       "convert {good}/start.safetensors {here}/out.pth",
       3,
       {"{here}/out.pth", full},
       earlier("out.pth"),
       "half write out.pth 3"},
      {"a page",
       "report --train {good}/run --out {here}/page.html",
       3,
       {"{here}/page.html", full},
       earlier("page.html"),
       "half write page.html"},
      {"a page about data",
       "check_data --dataset mfnet --data {good}/data --threads 1 --report {here}/page.html",
       3,
       {"{here}/page.html", full},
       earlier("page.html"),
       "half write page.html"},
      {"a description",
       "prepare folder {good}/own --out {here}/own.toml --replace",
       3,
       {"{here}/own.toml", full},
       earlier("own.toml"),
       "half write own.toml"},
      {"the flags of a run", train, 3, {"{here}/run/config.toml", full}, {}, "half write config.toml", 0, {"run"}},
      {"scores",
       evaluate,
       3,
       {"{here}/scores/metrics.json", full},
       earlier("scores/metrics.json"),
       "half write metrics.json",
       0,
       {"scores/config.toml"}},
      {"a matrix", evaluate, 3, {"{here}/scores/confusion", full}, {}, "half write confusion", 0, {"scores"}},
      {"predictions",
       predict,
       3,
       {"{here}/out/00000D_label.png", full},
       earlier("out/00000D_label.png"),
       "half write 00000D_label",
       0,
       {"out/config.toml"}},
      {"scenes", render, 3, {"{here}/data/images", full}, {}, "half write data/images", 0, {"data"}},
      {"lists of scenes", render, 3, {"{here}/data/train_day.txt", full}, {}, "half write train_day.txt", 0, {"data"}},
      {"a trace",
       "trace --model mfnet --width 0.125 --weights {good}/start.safetensors --inputs {here}/in.safetensors --out "
       "{here}/t.safetensors --device cpu",
       3,
       {"{here}/t.safetensors", full},
       [](const fs::path& here) { test::write_trace_inputs(here / "in.safetensors"); },
       "half write t.safetensors.partial"},
      {"timings",
       "bench --filter argmax/* --seconds 0.01 --cases small --device reference --json {here}/times.json",
       3,
       {"{here}/times.json", full},
       earlier("times.json"),
       "half write times.json"},
      {"a profile",
       evaluate + "--profile",
       3,
       {"{here}/scores/profile.json", full},
       {},
       "half write profile.json",
       0,
       {"scores"}},
  });
}

TEST_CASE("a disk that fills during training leaves the last good checkpoint") {
  const std::string go_on = "train --model mfnet --width 0.125 --batch 2 --epochs 2 --out {here}/run --resume" + data;
  const std::vector<std::string> run = {"run"};
  std::vector<BadInput> table{
      {"the first checkpoint",
       train,
       3,
       {"{here}/run/last.safetensors", full},
       {},
       "half write last.safetensors",
       0,
       run},
      {"the log of steps", train, 3, {"{here}/run/losses.jsonl", full}, {}, "half write losses.jsonl", 0, run},
      {"the log of epochs", train, 3, {"{here}/run/metrics.jsonl", full}, {}, "half write metrics.jsonl", 0, run},
      {"pictures of samples", train, 3, {"{here}/run/samples", full}, {}, "half write samples", 0, run},
      {"the best weights", train, 3, {"{here}/run/best.safetensors", full}, {}, "half write best.safetensors", 0, run},
  };
  const std::vector<std::string> logs = {"run/metrics.jsonl", "run/losses.jsonl", "run/starts.jsonl",
                                         "run/best.safetensors"};
  for (const std::string call : {"half write", "ENOSPC sync", "ENOSPC rename"})
    table.push_back({"the last checkpoint stays: " + call,
                     go_on,
                     3,
                     {"{here}/run/last.safetensors", full},
                     copy_run,
                     call + " last.safetensors",
                     0,
                     run,
                     logs});
  check_refused(table);
}

TEST_CASE("folders that may not be written are told with their path, and nothing is left") {
  check_refused(std::vector<BadInput>{
      {"training into a read-only folder", train, 3, {"{here}/run", read_only}, {}, "EROFS mkdir run"},
      {"training into a forbidden folder",
       train,
       3,
       {"{here}/run", forbidden},
       [](const fs::path& here) { fs::create_directory(here / "run"); },
       "EACCES create run/"},
      {"scores into a read-only folder", evaluate, 3, {"{here}/scores", read_only}, {}, "EROFS mkdir scores"},
      {"predictions into a forbidden folder", predict, 3, {"{here}/out", forbidden}, {}, "EACCES mkdir out"},
      {"scenes into a read-only folder", render, 3, {"{here}/data", read_only}, {}, "EROFS mkdir data"},
      {"weights into a read-only folder",
       "convert {good}/start.safetensors {here}/out.pth",
       3,
       {"{here}/out.pth", read_only},
       earlier("out.pth"),
       "EROFS create out.pth"},
      {"weights into a folder that is not there",
       "convert {good}/start.safetensors {here}/absent/out.pth",
       3,
       {"{here}/absent/out.pth", "No such file"}},
      {"weights over a folder",
       "convert {good}/start.safetensors {here}/out.pth",
       3,
       {"{here}/out.pth"},
       [](const fs::path& here) {
         fs::create_directory(here / "out.pth");
       }},
      {"a page into a read-only folder",
       "report --train {good}/run --out {here}/page.html",
       3,
       {"{here}/page.html", read_only},
       {},
       "EROFS create page.html"},
      {"a description into a read-only folder",
       "prepare folder {good}/own --out {here}/own.toml",
       3,
       {"{here}/own.toml", read_only},
       {},
       "EROFS create own.toml"},
      {"a run in place of a file", train, 3, {"{here}/run"}, earlier("run")},
      {"scores in place of a file", evaluate, 3, {"{here}/scores"}, earlier("scores")},
      {"weights that may not be read",
       "convert {good}/start.safetensors {here}/out.pth",
       3,
       {"{good}/start.safetensors", forbidden},
       {},
       "EACCES open start.safetensors"},
      {"timings into a folder that is not there",
       "bench --filter argmax/* --seconds 0.01 --cases small --device reference --json {here}/absent/times.json",
       3,
       {"{here}/absent/times.json", "No such file"}},
  });
}

TEST_CASE("a rule that cannot be read ends the program, so that no test runs without its fault") {
  for (const char* rule : {"half read a", "EPERM read a", "EIO unlink a", "EIO read", "EIO read a 0", "EIO read a b",
                           "EIO read a 1b", "EIO read a 1 b", "EIO read a; ", "EIO read a;half write b;x"}) {
    const test::ProgramEnd end = test::watch_program("info", {"--model", "mfnet", "--json"}, {.faults = rule});
    INFO(rule << "\n" << end.errors);
    CHECK(end.code == 128 + SIGABRT);
    CHECK_THAT(end.errors, Catch::Matchers::StartsWith("ISOTHERM_FAULTS: no rule: "));
  }
  const test::ProgramEnd end =
      test::watch_program("info", {"--model", "mfnet", "--json"}, {.faults = "EIO read a/b; half write c/d 2;"});
  CHECK(end.code == 0);
}

TEST_CASE("memory that runs out ends a program with code 5 and one line") {
  constexpr std::uint64_t gibibyte = std::uint64_t{1} << 30;
  check_refused(std::vector<BadInput>{
      {"a network for images larger than memory",
       "info --model mfnet --size 200000x200000",
       5,
       {"memory"},
       {},
       "",
       gibibyte},
      {"training on images larger than memory", train + "--size 16000x16000", 5, {"memory"}, {}, "", gibibyte, {"run"}},
      {"a prediction larger than memory",
       "predict --weights {good}/run/best.safetensors --out {here}/out --device cpu --threads 1 --rgb {here}/a.png "
       "--thermal {here}/a.png",
       5,
       {"memory"},
       [](const fs::path& here) { datasets::write_png(here / "a.png", datasets::Image8(8000, 8000, 1)); },
       "",
       gibibyte,
       {"out"}},
  });
}

TEST_CASE("a standard output that cannot be written is an error") {
  const std::string start = (test::good_things() / "start.safetensors").string();
  const std::pair<const char*, std::vector<std::string>> calls[] = {
      {"info", {"--model", "mfnet", "--json"}}, {"convert", {start}}, {"bench", {"--list"}}};
  for (const auto& [program, arguments] : calls) {
    const test::ProgramEnd end = test::watch_program(program, arguments, {.output = "/dev/full"});
    CHECK(end.code == 3);
    CHECK_THAT(end.errors, Catch::Matchers::StartsWith(std::string(program) + ": ") && Catch::Matchers::Contains(full));
    CHECK(std::count(end.errors.begin(), end.errors.end(), '\n') == 1);
  }
}
