// What code generation chose and why, for `streamc explain`: written down where it is chosen, while the code is
// emitted. So what is said is what happens. Plain data.
#ifndef CODEGEN_LOWER_REMARK_H
#define CODEGEN_LOWER_REMARK_H

#include <string>
#include <vector>

namespace streamc::codegen {

struct Remark {
  enum class About : uint8_t {
    kLoop,  // of a process: without branches (calm.cpp), or row by row
    kSink,  // rows keep their places in the columns of the input, or are copied one behind another
    kKeys,  // of an update: hashes in advance, memory asked for cells to come
  };
  About about;
  std::string process;  // its symbol
  std::string subject;  // name of the sink, symbol of the table; "" for the process as a whole
  bool done;            // the fast way
  std::string text;     // what it is, or why not, in words of the language
};
using Remarks = std::vector<Remark>;

}  // namespace streamc::codegen

#endif
