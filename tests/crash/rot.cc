#include "parts.h"
namespace trato::crash {
void RunRot(const Settings&, Counters&) {}
}  // namespace trato::crash
