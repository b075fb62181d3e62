// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0
//
// A main for a fuzzer's entry point where libFuzzer is not: gives it each file
// of a folder, then changed copies of them.
//
//   expression_fuzz [--runs=N] [--seed=N] FOLDER

#include <signal.h>
#include <unistd.h>

#include <algorithm>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <random>
#include <string>
#include <string_view>
#include <vector>

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size);

namespace {

std::string current;

// What is given may take this long.
constexpr unsigned kSeconds = 20;

// Only what a handler of signals may call.
void Report(int) {
  constexpr std::string_view kHead = "\nthis input fails or takes too long:\n";
  (void)!write(STDERR_FILENO, kHead.data(), kHead.size());
  (void)!write(STDERR_FILENO, current.data(), current.size());
  (void)!write(STDERR_FILENO, "\n", 1);
  _exit(1);
}

void Give(const std::string& input) {
  current = input;
  alarm(kSeconds);
  LLVMFuzzerTestOneInput(reinterpret_cast<const uint8_t*>(input.data()),
                         input.size());
  alarm(0);
}

std::string Changed(const std::vector<std::string>& corpus,
                    std::mt19937_64& random) {
  const auto below = [&](size_t n) { return n == 0 ? 0 : random() % n; };
  std::string text = corpus[below(corpus.size())];
  for (size_t changes = below(4) + 1; changes > 0; --changes) {
    const size_t at = below(text.size() + 1);
    switch (below(6)) {
      case 0:
        text.insert(at, 1, static_cast<char>(below(256)));
        break;
      case 1:
        text.erase(at, below(8) + 1);
        break;
      case 2:
        if (at < text.size()) {
          text[at] = static_cast<char>(static_cast<unsigned char>(text[at]) ^
                                       (1u << below(8)));
        }
        break;
      case 3: {  // a piece of another
        const std::string& other = corpus[below(corpus.size())];
        const size_t from = below(other.size() + 1);
        text.insert(at, other, from, below(40));
        break;
      }
      case 4: {  // again and again
        const std::string piece = text.substr(at, below(12) + 1);
        for (size_t times = below(50); times > 0; --times) {
          text.insert(at, piece);
        }
        break;
      }
      default: {  // a number at its end
        constexpr std::string_view kNumbers[] = {"0",
                                                 "-1",
                                                 "9223372036854775807",
                                                 "-9223372036854775808",
                                                 "18446744073709551615u",
                                                 "1e308",
                                                 "2147483648"};
        text.insert(at, kNumbers[below(std::size(kNumbers))]);
      }
    }
  }
  return text;
}

}  // namespace

int main(int argc, char** argv) {
  uint64_t runs = 0;
  uint64_t seed = 1815;
  std::filesystem::path folder;
  for (int i = 1; i < argc; ++i) {
    const std::string_view option = argv[i];
    if (option.starts_with("--runs=")) {
      runs = std::strtoull(argv[i] + 7, nullptr, 10);
    } else if (option.starts_with("--seed=")) {
      seed = std::strtoull(argv[i] + 7, nullptr, 10);
    } else {
      folder = option;
    }
  }
  std::vector<std::filesystem::path> paths;
  std::error_code error;
  for (const auto& entry : std::filesystem::directory_iterator(folder, error)) {
    paths.push_back(entry.path());
  }
  if (paths.empty()) {
    std::fprintf(stderr, "no corpus in '%s'\n", folder.c_str());
    return 2;
  }
  for (int number : {SIGABRT, SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGALRM}) {
    signal(number, Report);
  }
  std::sort(paths.begin(), paths.end());
  std::vector<std::string> corpus;
  for (const auto& path : paths) {
    std::ifstream file(path, std::ios::binary);
    corpus.emplace_back(std::istreambuf_iterator<char>(file),
                        std::istreambuf_iterator<char>());
    Give(corpus.back());
  }
  std::mt19937_64 random(seed);
  for (uint64_t i = 0; i < runs; ++i) Give(Changed(corpus, random));
  std::printf("%zu files, %llu changed copies (seed %llu)\n", corpus.size(),
              static_cast<unsigned long long>(runs),
              static_cast<unsigned long long>(seed));
  return 0;
}
