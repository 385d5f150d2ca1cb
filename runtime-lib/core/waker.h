// How one actor tells another that there may be something to do. Implemented by the environments of io/; thread safe.
#ifndef RUNTIME_LIB_CORE_WAKER_H
#define RUNTIME_LIB_CORE_WAKER_H

namespace streamrt {

class Waker {
 public:
  virtual ~Waker() = default;
  // After this returns the actor runs at least one more step that sees everything written before the call.
  virtual void wake() = 0;
};

}  // namespace streamrt

#endif
