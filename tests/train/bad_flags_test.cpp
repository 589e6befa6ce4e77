// SPDX-License-Identifier: Apache-2.0
// Flags and configuration files that make no sense: exit code 2, the flag and its value on one line, nothing written.
#include "tests/support/bad_input.h"
#include "tests/support/catch.h"
#include "tests/support/temporary_folder.h"

using test::BadInput;
using test::check_refused;

namespace {

const std::string train =
    "train --model mfnet --width 0.125 --dataset mfnet --data {good}/data --device cpu --threads 1 --workers 1 --batch "
    "2 "
    "--epochs 1 --out {here}/run ";
const std::string evaluate =
    "evaluate --weights {good}/run/best.safetensors --dataset mfnet --data {good}/data --device cpu --threads 1 --out "
    "{here}/scores ";
const std::string predict = "predict --weights {good}/run/best.safetensors --device cpu --threads 1 --out {here}/out ";

std::function<void(const std::filesystem::path&)> config(const std::string& text) {
  return [text](const std::filesystem::path& here) {
    test::write_text(here / "flags.toml", text);
  };
}

}  // namespace

TEST_CASE("flags of train that make no sense are refused by name and value") {
  check_refused(std::vector<BadInput>{
      {"a flag that must be given is not", "train --dataset mfnet", 2, {"--out"}},
      {"a flag that does not exist", train + "--epochz 3", 2, {"--epochz"}},
      {"a word where a number is expected", train + "--epochs ten", 2, {"--epochs", "ten"}},
      {"a fraction where a whole number is expected", train + "--batch 1.5", 2, {"--batch", "1.5"}},
      {"a number beyond every integer", train + "--batch 99999999999", 2, {"--batch", "99999999999"}},
      {"no epochs", train + "--epochs 0", 2, {"--epochs 0"}},
      {"a batch of nothing", train + "--batch 0", 2, {"--batch 0"}},
      {"a negative number of forward passes", train + "--accumulate -2", 2, {"--accumulate -2"}},
      {"a negative number of steps", train + "--steps -1", 2, {"--steps -1"}},
      {"checkpoints at a negative distance", train + "--checkpoint-every -5", 2, {"--checkpoint-every -5"}},
      {"fewer threads than none", train + "--threads -3", 2, {"threads", "-3"}},
      {"fewer workers than none", train + "--workers -1", 2, {"workers", "-1"}},
      {"a size with one side", train + "--size 480", 2, {"--size 480", "HEIGHTxWIDTH"}},
      {"a size below nothing", train + "--size 480x-640", 2, {"--size 480x-640"}},
      {"an unknown augmentation", train + "--augmentation spin", 2, {"--augmentation spin", "flip_and_crop"}},
      {"an unknown treatment of the last batch", train + "--last-batch pad", 2, {"--last-batch pad", "keep or drop"}},
      {"an unknown filter", train + "--filter lanczos", 2, {"--filter lanczos", "bicubic"}},
      {"a class weight that is no number", train + "--class-weights 1,2,x", 2, {"--class-weights", "'x'"}},
      {"class weights of another number of classes", train + "--class-weights 1,2", 2, {"class", "9", "2"}},
      {"a negative class weight", train + "--class-weights 1,1,1,-1,1,1,1,1,1", 2, {"class", "-1"}},
      {"a setting without a value", train + "--set dropout", 2, {"--set dropout", "KEY=VALUE"}},
      {"a setting that the recipe does not know", train + "--set dropuot=0.1", 2, {"dropuot"}},
      {"a setting of the data set that it does not know", train + "--dataset-set colour=red", 2, {"'colour'"}},
      {"an unknown optimizer", train + "--optimizer lion", 2, {"lion", "adamw"}},
      {"a negative rate", train + "--rate -0.1", 2, {"rate", "-0.1"}},
      {"a rate that is no number", train + "--rate nan", 2, {"rate", "nan"}},
      {"an unknown schedule", train + "--schedule cosine", 2, {"cosine", "polynomial"}},
      {"a window upside down", train + "--thermal-scale window --thermal-low 9 --thermal-high 3", 2, {"9", "3"}},
      {"an unknown thermal scale", train + "--thermal-scale kelvin", 2, {"kelvin", "percentile"}},
      {"a decay of averages above one", train + "--ema 1.5", 2, {"--ema 1.5"}},
      {"a norm below nothing", train + "--clip-norm -1", 2, {"--clip-norm -1"}},
      {"an unknown recipe", train + "--recipe magic", 2, {"magic", "supervised"}},
      {"an unknown network", train + "--model unet", 2, {"unet", "mfnet"}},
      {"a network without width", train + "--width 0", 2, {"width", "0"}},
      {"a network of negative width", train + "--width -1", 2, {"width", "-1"}},
      {"an unknown data set", train + "--dataset kitti", 2, {"kitti", "synthetic"}},
      {"an unknown split", train + "--train-split holdout", 3, {"{good}/data/holdout.txt"}},
      {"an unknown precision", train + "--precision f16", 2, {"f16", "bf16"}},
      {"a precision that the device does not have", train + "--precision tf32", 2, {"tf32"}},
  });
}

TEST_CASE("devices that do not exist are refused by name") {
  check_refused(std::vector<BadInput>{
      {"an unknown kind of device", train + "--device tpu", 2, {"--device tpu"}},
      {"a GPU that is not there", train + "--device cuda:77", 5, {"--device cuda"}},
      {"a number that is none", train + "--device cuda:x", 2, {"--device cuda:x"}},
  });
}

TEST_CASE("configuration files are refused with file, key and value") {
  const std::string configured = "train --config {here}/flags.toml --out {here}/run ";
  check_refused(std::vector<BadInput>{
      {"a configuration that is not there", train + "--config {here}/absent.toml", 2, {"{here}/absent.toml"}},
      {"a configuration that is a folder", train + "--config {good}/data", 2, {"{good}/data"}},
      {"a key that is no flag", configured, 2, {"{here}/flags.toml", "epochz"}, config("epochz = 3\n")},
      {"a value of the wrong kind",
       configured,
       2,
       {"{here}/flags.toml", "epochs", "ten"},
       config("epochs = \"ten\"\n")},
      {"a table that is none",
       configured,
       2,
       {"{here}/flags.toml", "optimizer"},
       config("[optimizer]\nname = \"sgd\"\n")},
      {"a text in place of TOML", configured, 2, {"{here}/flags.toml"}, config("train for ten epochs, please\n")},
      {"bytes in place of TOML",
       configured,
       2,
       {"{here}/flags.toml"},
       config(std::string("\x89PNG\r\n\x1a\n\0\0\0\rIHDR", 16))},
  });
}

TEST_CASE("flags of evaluate and predict that make no sense are refused") {
  check_refused(std::vector<BadInput>{
      {"a batch of nothing", evaluate + "--batch 0", 2, {"batch", "0"}},
      {"fewer images than none", evaluate + "--limit -1", 2, {"--limit", "at least 0", "-1"}},
      {"fewer workers than none", evaluate + "--workers -1", 2, {"workers", "-1"}},
      {"an unknown split", evaluate + "--split dusk", 3, {"dusk"}},
      {"weights that are not there",
       "evaluate --weights {here}/w.safetensors",
       2,
       {"--weights", "{here}/w.safetensors"}},
      {"nothing to look at", predict, 2, {"--rgb", "--list"}},
      {"two kinds of things to look at", predict + "--images {good}/data/images --dataset synthetic", 2, {"2 of them"}},
      {"colour without thermal", predict + "--rgb {good}/own/visible", 2, {"--rgb", "--thermal"}},
      {"a folder beside a file",
       predict + "--rgb {good}/own/visible --thermal {good}/own/infrared/frame_001_ir.png",
       2,
       {"{good}/own/visible", "two folders"}},
      {"fewer pictures than none",
       predict + "--images {good}/data/images --limit -1",
       2,
       {"--limit", "at least 0", "-1"}},
  });
}

TEST_CASE("flags of the other programs that make no sense are refused") {
  const std::string render = "prepare synthetic --out {here}/data --train 1 --val 1 --test 1 ";
  check_refused(std::vector<BadInput>{
      {"info of nothing", "info", 2, {"--model", "--recipe"}},
      {"info of an unknown network", "info --model vgg", 2, {"vgg", "rtfnet50"}},
      {"info of no class", "info --model mfnet --classes 0", 2, {"classes", "0"}},
      {"info of an image without rows", "info --model mfnet --size 0x64", 2, {"--size 0x64"}},
      {"info of an image that the network cannot halve so often",
       "info --model mfnet --width 0.125 --size 30x50",
       1,
       {"30"}},
      {"a report of nothing", "report --out {here}/page.html", 2, {"--train"}},
      {"a report of a folder that is not there",
       "report --train {here}/run --out {here}/page.html",
       2,
       {"--train", "{here}/run"}},
      {"a report of a folder without a run", "report --train {good}/data --out {here}/page.html", 4, {"{good}/data"}},
      {"rows of bench that no pattern names", "bench --filter sorting*", 2, {"--filter", "sorting*"}},
      {"unknown cases of bench", "bench --cases huge", 2, {"--cases", "huge"}},
      {"bench in no time", "bench --seconds 0", 2, {"--seconds", "0"}},
      {"nothing to prepare", "prepare", 2, {"subcommand"}},
      {"scenes without size", render + "--size 0x0", 2, {"--size 0x0"}},
      {"scenes too small to draw", render + "--size 1x1", 2, {"1"}},
      {"an unknown table of labels", render + "--labels kitti", 2, {"kitti", "mf9"}},
      {"fewer scenes than none", render + "--test -1", 2, {"-1"}},
      {"more days than days", render + "--day-share 2", 2, {"--day-share", "2"}},
      {"no rendering threads", render + "--threads -1", 2, {"threads", "-1"}},
      {"a folder that is not there", "prepare folder {here}/absent", 3, {"{here}/absent"}},
      {"a description that exists", "prepare folder {good}/own", 2, {"{good}/own/dataset.toml", "--replace"}},
      {"a check of an unknown split",
       "check_data --dataset mfnet --data {good}/data --split dusk --report {here}/page.html",
       3,
       {"dusk"}},
      {"a check by no threads",
       "check_data --dataset mfnet --data {good}/data --threads 0 --report {here}/page.html",
       2,
       {"threads", "0"}},
      {"a comparison with no network", "convert {good}/start.safetensors --report", 2, {"--report", "--model"}},
      {"a stem of no known depth",
       "convert {good}/start.safetensors {here}/a.pth --stem resnet51 --channels 1",
       2,
       {"resnet51"}},
      {"an unknown kind of weight file", "convert {good}/start.safetensors {here}/a.onnx", 2, {"a.onnx", ".pth"}},
      {"an unknown mode of trace",
       "trace --model mfnet --width 0.125 --weights {good}/start.safetensors --inputs {good}/start.safetensors --out "
       "{here}/t.safetensors --mode dream",
       2,
       {"dream", "frozen_bn"}},
  });
}
