// What passes did and why they did not do more, for `streamc explain`. A pass that was given a list appends to it;
// notes change nothing, so the code is the same with and without them. Plain data; not shared between threads.
#pragma once

#include <string>
#include <vector>

namespace streamc::passes {

struct Note {
  std::string pass;  // its name on a command line: "push-filters"
  std::string step;  // the step's operator id: "strong/where"; "" for the job as a whole
  bool done;
  std::string text;  // what was done, or the reason why not, in words of the language
};
using Notes = std::vector<Note>;

// Appends if somebody listens, once.
inline void note(Notes* notes, Note one) {
  if (notes == nullptr) return;
  for (const Note& known : *notes)
    if (known.pass == one.pass && known.step == one.step && known.text == one.text) return;
  notes->push_back(std::move(one));
}

}  // namespace streamc::passes
