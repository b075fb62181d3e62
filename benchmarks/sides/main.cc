// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0

#include <cstdio>
#include <map>

#include "sides/sides.h"

int main(int argc, char** argv) {
  using namespace trato::bench;
  const std::map<std::string, Json (*)(const Arguments&)> sides = {
      {"trato-bulk", TratoBulk},
      {"trato-orders", TratoOrders},
      {"trato-log", TratoLog},
      {"trato-ask", TratoAsk},
      {"trato-open", TratoOpen},
      {"trato-customers", TratoCustomers},
      {"trato-segments", TratoSegments},
      {"trato-live", TratoLive},
      {"sqlite-bulk", SqliteBulk},
      {"sqlite-log", SqliteLog},
      {"sqlite-open", SqliteOpen},
      {"machine", Machine},
  };
  const auto side = sides.find(argc > 1 ? argv[1] : "");
  if (side == sides.end()) {
    std::string known;
    for (const auto& [name, function] : sides) known += " " + name;
    Fail("name what to measure:" + known);
  }
  const Json result = side->second(Arguments(argc - 2, argv + 2));
  std::printf("%s\n", result.dump().c_str());
}
