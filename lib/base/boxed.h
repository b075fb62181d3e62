// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0

#ifndef TRATO_BASE_BOXED_H_
#define TRATO_BASE_BOXED_H_

#include <memory>
#include <utility>

namespace trato::core {

// A value in memory of its own, so that what holds it stays small; copied and
// compared as the value. What was moved from may only be assigned to or
// destroyed.
template <typename T>
class Boxed {
 public:
  Boxed() : value_(std::make_unique<T>()) {}
  Boxed(T value)  // NOLINT: it is that value
      : value_(std::make_unique<T>(std::move(value))) {}
  Boxed(const Boxed& other) : value_(std::make_unique<T>(*other)) {}
  Boxed(Boxed&&) noexcept = default;
  Boxed& operator=(const Boxed& other) {
    if (this != &other) value_ = std::make_unique<T>(*other);
    return *this;
  }
  Boxed& operator=(Boxed&&) noexcept = default;

  T& operator*() { return *value_; }
  const T& operator*() const { return *value_; }
  T* operator->() { return value_.get(); }
  const T* operator->() const { return value_.get(); }
  operator const T&() const { return *value_; }  // NOLINT: it is that value

  bool operator==(const Boxed& other) const { return **this == *other; }

 private:
  std::unique_ptr<T> value_;
};

}  // namespace trato::core

#endif  // TRATO_BASE_BOXED_H_
