#!/usr/bin/env bash
# Copyright 2026 The Trato Authors
# SPDX-License-Identifier: Apache-2.0
#
# Sourced by examples/run, tests/run and benchmarks/run: installs what is missing
# on Debian 12 (or says what to type), and configures and builds a preset.

trato_packages="
  g++ cmake ninja-build pkg-config python3 tzdata zlib1g-dev
  libabsl-dev libboost-dev libcli11-dev libcsv-dev libeigen3-dev liblbfgs-dev
  libprotobuf-dev libre2-dev libsodium-dev libsqlite3-dev libutf8proc-dev
  libxxhash-dev nlohmann-json3-dev protobuf-compiler"

# Installs the packages named, as far as they are missing.
trato_install() {
  local package missing=()
  for package in "$@"; do
    dpkg-query -W -f='${Status}' "$package" 2>/dev/null |
      grep -q 'install ok installed' || missing+=("$package")
  done
  [ ${#missing[@]} -eq 0 ] && return 0
  local sudo=()
  if [ "$(id -u)" -ne 0 ]; then
    if command -v sudo >/dev/null 2>&1 && sudo -n true 2>/dev/null; then
      sudo=(sudo)
    else
      echo "Some packages are missing. Type this line, then start again:" >&2
      echo "  sudo apt-get install -y --no-install-recommends ${missing[*]}" >&2
      exit 1
    fi
  fi
  echo "installing ${missing[*]}"
  local apt=("${sudo[@]}" env DEBIAN_FRONTEND=noninteractive apt-get -qq -y)
  local log
  log=$(mktemp)
  if ! { "${apt[@]}" install --no-install-recommends "${missing[@]}" ||
         { "${apt[@]}" update &&
           "${apt[@]}" install --no-install-recommends "${missing[@]}"; }; } \
       >"$log" 2>&1 </dev/null; then
    cat "$log" >&2
    rm -f "$log"
    exit 1
  fi
  rm -f "$log"
}

# trato_build PRESET [cmake option...]: configures once and builds what changed,
# or of it the targets in $trato_targets.
trato_build() {
  local preset=$1
  shift
  local options=("$@")
  command -v ccache >/dev/null 2>&1 && options+=(
    -DCMAKE_C_COMPILER_LAUNCHER=ccache -DCMAKE_CXX_COMPILER_LAUNCHER=ccache)
  local log
  log=$(mktemp)
  if ! cmake --preset "$preset" "${options[@]}" >"$log" 2>&1; then
    cat "$log" >&2
    rm -f "$log"
    exit 1
  fi
  rm -f "$log"
  if [ -t 1 ]; then
    ninja -C "build/$preset" ${trato_targets:-}
  else
    ninja -C "build/$preset" --quiet ${trato_targets:-}
  fi
}
