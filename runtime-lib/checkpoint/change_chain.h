// The files of changes that together are one worker's share of a table, oldest first: which of them are still needed,
// which small ones the next file takes in, and which pages are asked for as wholes so that old files come to an end.
//
// A chain is always an unbroken end of the table's history. So what a restore makes of it is right as soon as every
// page begins in it, with its whole content or fresh: the oldest file leaves when no page begins there any more. While
// the files are more than one and a half times the state, the pages that begin in the oldest file are asked for as
// wholes, at most a third of what a checkpoint writes otherwise; with uniform changes the files come to four times the
// state, and a checkpoint to four thirds of what changed. Small files at the end are put together, eight at a time.
//
// Bookkeeping only: no file is touched here. One thread.
#ifndef RUNTIME_LIB_CHECKPOINT_CHANGE_CHAIN_H
#define RUNTIME_LIB_CHECKPOINT_CHANGE_CHAIN_H

#include <cstdint>
#include <deque>
#include <string>
#include <vector>

#include "runtime-lib/checkpoint/change_file.h"

namespace streamrt {

class ChangeChain {
 public:
  struct File {
    std::string name;
    uint64_t bytes = 0;
    std::string hash;
    uint64_t first = 0;  // number of the first epoch's file that it holds
    uint32_t pages = 0;  // that begin in it
  };

  // Oldest first; a checkpoint consists of all of them.
  const std::deque<File>& files() const { return files_; }
  // How many of the last files the next one should take in (ChangeFileWriter::fold).
  size_t toFold() const;
  // The next file was written, or is read at a restore; `folded` files at the end are in it. An empty file is not
  // added, unless it is the first or has taken others in.
  void add(std::string name, uint64_t bytes, std::string hash, const std::vector<PageRecord>& records, size_t folded);

  // Pages that the next checkpoint should have as wholes (Table::seal).
  std::vector<uint32_t> wantWhole();

  uint64_t fileBytes() const { return file_bytes_; }
  uint64_t pageBytes() const { return page_bytes_; }  // of the table after the last file

 private:
  static constexpr size_t kFold = 8;
  static constexpr uint64_t kSmallFileBytes = 1 << 20;
  struct Page {
    uint64_t begins = 0;  // number of the file; 0: there is no such page
    uint8_t size_log2 = 0;
  };
  File& fileOf(uint64_t number);
  void endPage(Page& page);

  std::deque<File> files_;
  std::vector<Page> pages_;  // by id
  uint64_t last_ = 0;        // number of the last file
  uint64_t file_bytes_ = 0;
  uint64_t page_bytes_ = 0;
  uint64_t last_bytes_ = 0;   // of the last file, without what it took in and without wholes that were asked for
  uint64_t asked_bytes_ = 0;  // of the wholes that were asked for
  size_t next_page_ = 1;      // where wantWhole goes on
};

}  // namespace streamrt

#endif
