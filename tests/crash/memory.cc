#include "parts.h"
namespace trato::crash {
void RunMemory(const Settings&, Counters&) {}
}  // namespace trato::crash
