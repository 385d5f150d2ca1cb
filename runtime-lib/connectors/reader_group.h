// One actor for many readers: gives each a step in turn. For sources that need all their files at hand at once, with
// fewer threads than files.
#ifndef RUNTIME_LIB_CONNECTORS_READER_GROUP_H
#define RUNTIME_LIB_CONNECTORS_READER_GROUP_H

#include <memory>
#include <vector>

#include "runtime-lib/connectors/record_reader.h"

namespace streamrt {

class ReaderGroup : public Actor {
 public:
  ReaderGroup(Env& env, std::string name) : Actor(env, std::move(name)) {}

  // REQUIRES: before it runs; the reader wakes this actor.
  void add(std::unique_ptr<RecordReader> reader) { readers_.push_back({std::move(reader)}); }
  uint64_t bytesRead() const;

  Step step() override;

 private:
  struct Member {
    std::unique_ptr<RecordReader> reader;
    bool done = false;
  };
  std::vector<Member> readers_;
  size_t next_ = 0;
};

}  // namespace streamrt

#endif
