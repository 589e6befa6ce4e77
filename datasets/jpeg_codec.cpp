// SPDX-License-Identifier: Apache-2.0
// libjpeg reports errors by a function that must not return; here it jumps. Each call that can jump sits in a function
// of its own whose frame holds nothing with a destructor; the frames around it own the memory.
#include "datasets/jpeg_codec.h"

#include <array>
#include <csetjmp>
#include <cstdio>

// After <cstdio>: the library's header uses FILE without including it.
#include <jerror.h>
#include <jpeglib.h>

#include "kernels/error.h"

namespace datasets {
namespace {

struct Problem {
  jpeg_error_mgr manager{};  // First: the library hands it back as a pointer to this.
  std::jmp_buf back{};
  std::array<char, JMSG_LENGTH_MAX> text{};
};

void on_error(j_common_ptr state) {
  auto* problem = reinterpret_cast<Problem*>(state->err);
  state->err->format_message(state, problem->text.data());
  std::longjmp(problem->back, 1);
}

// A damaged file ends in grey areas and a warning; here it ends in an error. Bytes between segments harm nobody.
void on_message(j_common_ptr state, int level) {
  if (level < 0 && state->err->msg_code != JWRN_EXTRANEOUS_DATA) on_error(state);
}

void print_nothing(j_common_ptr) {}

struct Decoder {
  Problem problem;
  jpeg_decompress_struct state{};
  Decoder() {
    state.err = jpeg_std_error(&problem.manager);
    problem.manager.error_exit = on_error;
    problem.manager.emit_message = on_message;
    problem.manager.output_message = print_nothing;
  }
  Decoder(const Decoder&) = delete;
  Decoder& operator=(const Decoder&) = delete;
  ~Decoder() { jpeg_destroy_decompress(&state); }
};

bool read_header(Decoder& decoder, const std::uint8_t* bytes, std::size_t size) {
  if (setjmp(decoder.problem.back)) return false;
  jpeg_create_decompress(&decoder.state);
  jpeg_mem_src(&decoder.state, bytes, static_cast<unsigned long>(size));
  jpeg_read_header(&decoder.state, TRUE);
  return true;
}

bool read_rows(Decoder& decoder, std::uint8_t* pixels, std::size_t row_bytes) {
  if (setjmp(decoder.problem.back)) return false;
  decoder.state.out_color_space = decoder.state.num_components == 1 ? JCS_GRAYSCALE : JCS_RGB;
  decoder.state.dct_method = JDCT_ISLOW;
  jpeg_start_decompress(&decoder.state);
  while (decoder.state.output_scanline < decoder.state.output_height) {
    JSAMPROW row = pixels + decoder.state.output_scanline * row_bytes;
    jpeg_read_scanlines(&decoder.state, &row, 1);
  }
  jpeg_finish_decompress(&decoder.state);
  return true;
}

}  // namespace

bool is_jpeg(const std::vector<std::uint8_t>& file) {
  return file.size() >= 3 && file[0] == 0xFF && file[1] == 0xD8 && file[2] == 0xFF;
}

StoredImage decode_jpeg(const std::vector<std::uint8_t>& file, const std::string& name) {
  if (!is_jpeg(file))
    throw kernels::DataError("{}: expected a JPEG file, got {} bytes without its signature", name, file.size());
  Decoder decoder;
  if (!read_header(decoder, file.data(), file.size()))
    throw kernels::DataError("{}: damaged JPEG: {}", name, decoder.problem.text.data());
  const int components = decoder.state.num_components;
  if (components != 1 && components != 3)
    throw kernels::DataError("{}: expected a grey or colour JPEG, got {} components", name, components);
  require_credible(name, {.height = decoder.state.image_height,
                          .width = decoder.state.image_width,
                          .bits_per_pixel = 8,  // Chroma may be as coarse as one value in sixteen pixels.
                          .file_bytes = file.size()});
  StoredImage image;
  image.height = static_cast<int>(decoder.state.image_height);
  image.width = static_cast<int>(decoder.state.image_width);
  image.kind = components == 1 ? PixelKind::grey : PixelKind::rgb;
  const std::size_t row_bytes = static_cast<std::size_t>(image.width) * static_cast<std::size_t>(components);
  image.bytes.resize(static_cast<std::size_t>(image.height) * row_bytes);
  if (!read_rows(decoder, image.bytes.data(), row_bytes))
    throw kernels::DataError("{}: damaged JPEG: {}", name, decoder.problem.text.data());
  return image;
}

}  // namespace datasets
