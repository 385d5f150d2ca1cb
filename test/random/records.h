// Records of the input of a random program: values at the limits of their types, and now and then something that is no
// record at all. Internal to test/random.
#pragma once

#include <string>
#include <vector>

#include "test/random/types.h"

namespace streamc::random_programs {

struct Field {
  std::string name;
  Type type;
  // Of a nested record, or of the elements of a list; then `type` only says whether it is optional, or a list.
  std::vector<Field> fields;

  bool isRecord() const { return !fields.empty() && !type.is_list; }
};

class Records {
 public:
  // `bad_percent`: how many records are broken in some way. `timestamps`: rfc3339, s, ms or us.
  Records(Random& random, unsigned bad_percent, bool huge, std::string timestamps = "rfc3339")
      : random_(random), bad_percent_(bad_percent), huge_(huge), timestamps_(std::move(timestamps)) {}

  std::string line(const std::vector<Field>& fields, int64_t index);

  // Numbers so far, and how many of them are limits of their type or next to one.
  uint64_t numbers() const { return numbers_; }
  uint64_t boundaries() const { return boundaries_; }

 private:
  // Whether the next number is a limit.
  bool boundary() {
    const bool is_limit = random_.chance(36);
    ++numbers_;
    boundaries_ += is_limit ? 1 : 0;
    return is_limit;
  }
  std::string object(const std::vector<Field>& fields, int64_t index, const Field* broken);
  std::string value(const Field& field, int64_t index);
  std::string scalar(TypeKind kind);
  std::string integer(TypeKind kind);
  std::string real(TypeKind kind);
  std::string decimal();
  std::string text();
  std::string instant();
  std::string broken(const Field& field);
  std::string noRecord();

  Random& random_;
  unsigned bad_percent_;
  bool huge_;
  std::string timestamps_;
  uint64_t numbers_ = 0, boundaries_ = 0;
};

}  // namespace streamc::random_programs
