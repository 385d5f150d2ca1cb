// The output of a sink `files`: many files in directories, behind the interface of one.
//
// What is written to it comes in frames, each a directory and bytes of whole records. A directory has one file that
// grows at a time. Its name begins with a dot until it is whole (`.part-<run>-<number>.csv`), so no pattern finds it;
// then it is made durable and gets its name (`part-<run>-<number>.csv`): at once in a job without end, together with
// all others at the end of one that has an end. `run` is drawn at the start, so runs never meet.
//
// Of a job with checkpoints, `run` and the numbers go on from run to run. At a barrier what every file has is made
// durable and noted; a file that is whole waits for its name until that checkpoint is published. A run that goes on
// cuts the files that were growing to what was noted; numbers that were not noted are used again.
//
// At most kFilesOpenMax descriptors are open: the file that was written longest ago is closed and continued later. With
// more than kPartsMax directories that grow at a time the one that grew longest ago is finished early. One thread.
#ifndef RUNTIME_LIB_CONNECTORS_DIVIDED_OUTPUT_H
#define RUNTIME_LIB_CONNECTORS_DIVIDED_OUTPUT_H

#include <deque>
#include <list>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "runtime-lib/formats/byte_buffer.h"
#include "runtime-lib/io/env.h"

namespace streamrt {

// Appends a frame: `records` for the directory.
void appendFrame(std::string_view directory, std::string_view records, ByteBuffer& out);

class DividedOutput : public OutputFile {
 public:
  static constexpr size_t kFilesOpenMax = 64;
  static constexpr size_t kPartsMax = 10'000;

  // What a checkpoint notes.
  struct Noted {
    struct Part {
      std::string directory;
      std::string name;
      uint64_t bytes = 0;
      bool whole = false;
    };
    std::string run;
    uint64_t next_number = 1;
    std::vector<Part> parts;  // that have no names yet
  };
  struct Settings {
    std::string directory;
    std::string extension;
    uint64_t roll_bytes = 0;   // a file with so many or more is finished
    int64_t roll_us = kNever;  // a file so old is finished
    bool at_end = false;       // all get their names together, by commit()
    bool in_epochs = false;    // none gets its name before the checkpoint that has it
  };
  DividedOutput(Env& env, Settings settings);

  // What each file begins with. REQUIRES: before anything is written.
  void setPrologue(std::string prologue) { prologue_ = std::move(prologue); }
  // Takes up what a checkpoint has noted. Files that were whole get their names, unless they wait for the end.
  // REQUIRES: before anything is written; that checkpoint is durable.
  Result<void> goOn(const Noted& noted);
  // Makes all that was written durable, as part of this epoch.
  Result<void> seal(uint64_t epoch);
  Noted noted() const;
  // The checkpoint of this epoch is published: files that were whole in it get their names, unless they wait for the
  // end.
  Result<void> release(uint64_t epoch);
  bool isNamedAtEnd() const { return settings_.at_end; }
  // Gives a file of `noted` its name, if it has it not.
  static Result<void> name(Env& env, const std::string& root, const Noted::Part& part);

  // Finishes files that are old enough; when the next one will be.
  Result<int64_t> tick();
  // After close(): files that wait for it get their names.
  Result<void> commit();
  // A pattern for the files that have no names yet; "" when all have.
  std::string unfinished() const;

  // REQUIRES: whole frames.
  Result<size_t> write(std::string_view frames) override;
  Result<void> sync() override { return {}; }
  // Finishes all files.
  Result<void> close() override;
  bool isRegular() const override { return false; }

 private:
  struct Part {
    std::string directory;  // as in frames
    std::string folder;     // where it lies
    std::string name;
    std::unique_ptr<OutputFile> file;  // null: closed for a while
    uint64_t bytes = 0;
    int64_t begun_us = 0;
    bool synced = false;        // its bytes are durable …
    bool name_durable = false;  // … and its unfinished name
    uint64_t epoch = 0;         // of the first checkpoint that has it whole; 0: of none yet

    std::string temporary() const { return folder + "/." + name; }
    std::string final() const { return folder + "/" + name; }
  };
  using Parts = std::list<Part>;  // written longest ago first

  Result<Part*> partOf(std::string_view directory);
  Result<void> open(Part& part);
  Result<void> append(Part& part, std::string_view bytes);
  Result<void> finish(Parts::iterator part);
  Result<void> publish(const Part& part);
  Result<void> makeDurable(Part& part);
  Result<void> makeFolder(const std::string& folder);

  Env& env_;
  Settings settings_;
  std::string run_;
  std::string prologue_;
  Parts parts_;
  std::unordered_map<std::string_view, Parts::iterator> part_of_;  // by directory; views of the parts
  size_t files_open_ = 0;
  uint64_t next_number_ = 1;
  std::deque<Part> waiting_;  // whole, in the order in which they became so
  std::unordered_set<std::string> folders_made_;
};

}  // namespace streamrt

#endif
