#pragma once
// Buffers that an object keeps from one call of a const member to the next: memory fresh from the system costs more than the work done in it.

#include <memory>
#include <mutex>
#include <new>
#include <utility>
#include <vector>

namespace tarn {

/// Buffers of type T, lent one to a caller: calls from several threads each get their own. A copy starts with none.
template <class T>
class Scratch {
 public:
  Scratch() = default;
  Scratch(const Scratch&) {}
  Scratch(Scratch&& other) noexcept : free_(std::move(other.free_)) {}
  Scratch& operator=(const Scratch&) { return *this; }
  Scratch& operator=(Scratch&& other) noexcept {
    free_ = std::move(other.free_);
    return *this;
  }

  /// A buffer as its last user left it, or a new one; it comes back when the loan ends.
  class Loan {
   public:
    explicit Loan(Scratch& owner) : owner_(owner), buffer_(owner.take()) {}
    ~Loan() { owner_.give(std::move(buffer_)); }
    Loan(const Loan&) = delete;
    Loan& operator=(const Loan&) = delete;
    T& operator*() const { return *buffer_; }
    T* operator->() const { return buffer_.get(); }

   private:
    Scratch& owner_;
    std::unique_ptr<T> buffer_;
  };

 private:
  std::unique_ptr<T> take() {
    {
      const std::lock_guard lock(mutex_);
      if (!free_.empty()) {
        auto buffer = std::move(free_.back());
        free_.pop_back();
        return buffer;
      }
    }
    return std::make_unique<T>();
  }
  void give(std::unique_ptr<T> buffer) {
    const std::lock_guard lock(mutex_);
    try {
      free_.push_back(std::move(buffer));
    } catch (const std::bad_alloc&) {  // then it is not kept
    }
  }

  std::mutex mutex_;
  std::vector<std::unique_ptr<T>> free_;
};

}  // namespace tarn
