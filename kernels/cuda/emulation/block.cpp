// SPDX-License-Identifier: Apache-2.0
#include "kernels/cuda/emulation/block.h"

#include <algorithm>
#include <cstdlib>
#include <cstring>
#include <numeric>

#include "kernels/error.h"

namespace kernels::cuda::emulation {

namespace {

thread_local constinit Block* running = nullptr;

constexpr std::size_t shared_guard = 1024;  // Bytes, and the alignment of the array.
constexpr unsigned char guard_byte = 0xFB;  // A wild number in every type; no NaN, which arithmetic might copy there.
#if defined(__SANITIZE_ADDRESS__)
constexpr std::size_t tail_guard = 0;  // Its red zone begins right behind the array.
#else
constexpr std::size_t tail_guard = 256;
#endif

}  // namespace

ISOTHERM_UNSANITIZED Block& running_block() {
  return *running;
}

void Block::check_grid() const {
  const dim3 &blocks = grid_.blocks, &threads = grid_.threads;
  if (count_ == 0 || count_ > largest_block || threads.z > 64 || blocks.y > 65535 || blocks.z > 65535 ||
      blocks.x > 0x7FFFFFFFu || grid_.dynamic_shared_bytes > options_.shared_memory_limit)
    throw DeviceError(
        "{}: a grid of {}x{}x{} blocks of {}x{}x{} threads with {} bytes of dynamic shared memory is not admissible",
        grid_.kernel, blocks.x, blocks.y, blocks.z, threads.x, threads.y, threads.z, grid_.dynamic_shared_bytes);
}

void Block::run(const Grid& grid, const Options& options, const std::function<void()>& body) {
  Block* const outer = running;
  running = this;
  const struct Restore {
    Block* outer;
    ~Restore() { running = outer; }
  } restore{outer};
  const Unwatched unwatched;
  grid_ = grid;
  options_ = options;
  body_ = &body;
  count_ = grid.threads.x * grid.threads.y * grid.threads.z;
  check_grid();
  random_.seed(options_.seed);
  error_.clear();
  while (threads_.size() < count_) {
    threads_.push_back(std::make_unique<Thread>());
    threads_.back()->number = static_cast<unsigned>(threads_.size()) - 1;
  }
  const std::uint64_t blocks = std::uint64_t{grid.blocks.x} * grid.blocks.y * grid.blocks.z;
  std::vector<std::uint64_t> order(blocks);
  std::iota(order.begin(), order.end(), std::uint64_t{0});
  if (options_.order == Order::reverse) std::reverse(order.begin(), order.end());
  if (options_.order >= Order::shuffled) std::shuffle(order.begin(), order.end(), random_);
  for (const std::uint64_t number : order) {
    start_block(number);
    run_threads();
    if (error_.empty()) check_guards();
    shared_.clear();
    if (error_.empty()) continue;
    threads_.clear();  // Their stacks hold frames that nobody will return to.
    throw DeviceError("{}: {}", grid.kernel, error_);
  }
}

void Block::start_block(std::uint64_t number) {
  const dim3 &blocks = grid_.blocks, &threads = grid_.threads;
  block_index_ = {static_cast<unsigned>(number % blocks.x), static_cast<unsigned>(number / blocks.x % blocks.y),
                  static_cast<unsigned>(number / blocks.x / blocks.y)};
  alive_ = count_;
  at_barrier_ = 0;
  shared_bytes_ = 0;
  for (unsigned i = 0; i < count_; ++i) {
    Thread& thread = *threads_[i];
    thread.index = {i % threads.x, i / threads.x % threads.y, i / threads.x / threads.y};
    thread.state = ThreadState::ready;
    thread.mask = 0;
    thread.open_group.clear();
    thread.groups.clear();
    thread.fiber.prepare(&Block::thread_entry);
  }
  rank_threads();
}

// Ranks all threads anew and makes all of them ready.
void Block::rank_threads() {
  const unsigned warps = (count_ + warp_lanes - 1) / warp_lanes;
  std::array<std::uint16_t, warp_lanes> warp_order{};
  std::iota(warp_order.begin(), warp_order.end(), std::uint16_t{0});
  if (options_.order >= Order::shuffled) std::shuffle(warp_order.begin(), warp_order.begin() + warps, random_);
  unsigned rank = 0;
  for (unsigned w = 0; w < warps; ++w) {
    const unsigned first = rank;
    for (unsigned i = warp_order[w] * warp_lanes; i < std::min(count_, (warp_order[w] + 1) * warp_lanes); ++i)
      number_of_[rank++] = static_cast<std::uint16_t>(i);
    if (options_.order >= Order::shuffled) std::shuffle(number_of_.begin() + first, number_of_.begin() + rank, random_);
  }
  if (options_.order == Order::reverse) std::reverse(number_of_.begin(), number_of_.begin() + count_);
  ready_.fill(0);
  for (unsigned r = 0; r < count_; ++r) {
    rank_of_[number_of_[r]] = static_cast<std::uint16_t>(r);
    wake(number_of_[r]);
  }
}

void Block::wake(unsigned number) {
  const unsigned rank = rank_of_[number];
  ready_[rank / 64] |= std::uint64_t{1} << (rank % 64);
}

int Block::next_ready() {
  for (unsigned i = 0; i * 64 < count_; ++i)
    if (ready_[i] != 0) {
      const auto bit = static_cast<unsigned>(__builtin_ctzll(ready_[i]));
      ready_[i] &= ready_[i] - 1;
      return number_of_[i * 64 + bit];
    }
  return -1;
}

void Block::run_threads() {
  release(&started_);
  while (alive_ > 0 && error_.empty()) {
    const int next = next_ready();
    if (next < 0) {
      error_ = fmt::format("block ({}, {}, {}): no thread can go on: {}", block_index_.x, block_index_.y,
                           block_index_.z, who_waits_where());
      break;
    }
    current_ = threads_[static_cast<std::size_t>(next)].get();
    carrier_.resume(current_->fiber);
  }
  acquire(&finished_);
}

ISOTHERM_UNSANITIZED void Block::thread_entry() {
  Block& block = running_block();
  block.carrier_.arrived();
  acquire(&block.started_);
  (*block.body_)();
  release(&block.finished_);
  block.current_->state = ThreadState::exited;
  --block.alive_;
  block.carrier_.leave(block.current_->fiber, Carrier::Leaving::for_good);
  std::abort();  // Nobody resumes a thread that has exited.
}

void Block::suspend() {
  carrier_.leave(current_->fiber, Carrier::Leaving::with_return);
}

void Block::fail(const std::string& message) {
  {
    const Unwatched unwatched;
    error_ = fmt::format("block ({}, {}, {}), thread {}: {}", block_index_.x, block_index_.y, block_index_.z,
                         current_->number, message);
  }
  carrier_.leave(current_->fiber, Carrier::Leaving::for_good);
  std::abort();  // run() has given up the block.
}

void Block::barrier(Site site) {
  char* moment = nullptr;
  {
    const Unwatched unwatched;
    moment = &barriers_[generation_ % 2];
    current_->state = ThreadState::at_block_barrier;
    current_->site = site;
    ++at_barrier_;
  }
  release(moment);
  {
    const Unwatched unwatched;
    if (at_barrier_ == count_) {
      for (unsigned i = 0; i < count_; ++i) {
        const Thread& other = *threads_[i];
        if (!(other.site == site))
          fail(fmt::format("threads meet in different __syncthreads: {} and thread {} at {}", to_string(site), i,
                           to_string(other.site)));
      }
      for (unsigned i = 0; i < count_; ++i) threads_[i]->state = ThreadState::ready;
      at_barrier_ = 0;
      ++generation_;
      if (options_.order == Order::run_ahead) {
        rank_threads();
      } else {
        for (unsigned i = 0; i < count_; ++i) wake(i);
      }
    }
  }
  suspend();
  acquire(moment);
}

void* Block::shared(const void* key, std::size_t bytes, const char* name) {
  const Unwatched unwatched;
  for (const SharedArray& array : shared_)
    if (array.key == key) return array.memory.get() + shared_guard;
  shared_bytes_ += bytes;
  if (shared_bytes_ > options_.shared_memory_limit)
    fail(fmt::format("{} bytes of shared memory; {} is the limit", shared_bytes_, options_.shared_memory_limit));
  const std::size_t allocated = shared_guard + bytes + tail_guard;
  void* memory = nullptr;
  if (posix_memalign(&memory, shared_guard, allocated) != 0) fail("out of host memory");
  std::memset(memory, guard_byte, allocated);
  auto* start = static_cast<unsigned char*>(memory);
  std::memset(start + shared_guard, 0xFF, bytes);
  shared_.push_back({key, bytes, name, {start, &std::free}});
  return start + shared_guard;
}

void Block::check_guards() {
  for (const SharedArray& array : shared_) {
    const unsigned char* start = array.memory.get();
    const auto intact = [](const unsigned char* guard, std::size_t bytes) {
      return std::all_of(guard, guard + bytes, [](unsigned char byte) { return byte == guard_byte; });
    };
    if (!intact(start, shared_guard) || !intact(start + shared_guard + array.bytes, tail_guard))
      error_ = fmt::format("block ({}, {}, {}): wrote beyond the {} bytes of the shared array {}", block_index_.x,
                           block_index_.y, block_index_.z, array.bytes, array.name);
  }
}

void check_aligned(const void* address, std::size_t bytes, Site site) {
  if (reinterpret_cast<std::uintptr_t>(address) % bytes != 0)
    running_block().fail(
        fmt::format("an access of {} bytes to {} is not aligned at {}", bytes, address, to_string(site)));
}

std::string to_string(const Site& site) {
  return fmt::format("{}:{}", site.file, site.line);
}

std::string Block::who_waits_where() const {
  std::string text;
  // Neighbours that do the same are named together.
  for (unsigned first = 0; first < count_;) {
    const Thread& thread = *threads_[first];
    unsigned last = first;
    const auto same = [&](const Thread& other) {
      return other.state == thread.state &&
             (thread.state == ThreadState::exited || (other.site == thread.site && other.mask == thread.mask));
    };
    while (last + 1 < count_ && same(*threads_[last + 1])) ++last;
    if (!text.empty()) text += "; ";
    if (text.size() > 600) return text + "...";
    text += first == last ? fmt::format("thread {} ", first) : fmt::format("threads {} to {} ", first, last);
    if (thread.state == ThreadState::exited)
      text += "exited";
    else if (thread.state == ThreadState::at_block_barrier)
      text += "at the barrier " + to_string(thread.site);
    else
      text += fmt::format("at the warp operation {} with mask {:08x}", to_string(thread.site), thread.mask);
    first = last + 1;
  }
  return text;
}

}  // namespace kernels::cuda::emulation
