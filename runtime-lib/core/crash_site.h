// What a thread is doing, for the report of a crash (io/crash_report.h): a thread writes it with a plain store, once a
// batch; the handler of the signal that ends this thread reads it.
#ifndef RUNTIME_LIB_CORE_CRASH_SITE_H
#define RUNTIME_LIB_CORE_CRASH_SITE_H

namespace streamrt {

// The operator whose code runs; null between calls. The text outlives the run.
inline thread_local const char* crash_operator = nullptr;

}  // namespace streamrt

#endif
