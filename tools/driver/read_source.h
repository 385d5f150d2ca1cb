// The one place where the compiler reads a file: the driver calls it for the program and the files it uses.
#pragma once

#include <expected>
#include <string>

namespace streamc::driver {

// The bytes of a file, or of standard input for "-"; or one sentence that says why not. Refuses texts that are too long
// to be a program (kMaxSourceBytes).
std::expected<std::string, std::string> readSource(const std::string& path);

}  // namespace streamc::driver
