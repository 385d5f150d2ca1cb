// The places where rows can be rejected, numbered as generated code meets them. They end up in the manifest (`sites`),
// and a call of stream_core_reject names one by its number. Equal places share a number.
#ifndef CODEGEN_MANIFEST_SITES_H
#define CODEGEN_MANIFEST_SITES_H

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace streamc::codegen {

struct Site {
  std::string cause;
  std::string step;
  std::string place;                // file:line:column
  std::string message;              // without the detail, which comes with each rejection
  uint32_t errors = 0;              // number of the errors scope
  std::optional<uint32_t> process;  // whose function rejects (of a fire: the owner of the table); none: decode, encode
  std::optional<std::string> source;    // name of the source, before the first exchange
  std::optional<uint32_t> row_columns;  // of a fired row: how many leading columns are valid

  friend auto operator<=>(const Site&, const Site&) = default;
};

class Sites {
 public:
  uint32_t add(Site site) {
    auto [known, is_new] = numbers_.try_emplace(site, static_cast<uint32_t>(sites_.size()));
    if (is_new) sites_.push_back(std::move(site));
    return known->second;
  }
  const std::vector<Site>& all() const { return sites_; }

 private:
  std::vector<Site> sites_;
  std::map<Site, uint32_t> numbers_;
};

}  // namespace streamc::codegen

#endif
