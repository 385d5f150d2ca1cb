// round(x, digits), and the functions of elementary.h.
#include <charconv>
#include <cmath>
#include <cstring>
#include <string>

#include "runtime-lib/abi/stream_abi.h"
#include "runtime-lib/builtins/elementary.h"

namespace streamrt {
namespace {

constexpr double kPowers[] = {1e0,  1e1,  1e2,  1e3,  1e4,  1e5,  1e6,  1e7,  1e8,  1e9,  1e10, 1e11,
                              1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22};

// On all decimal digits of |x|, of which a double has at most 309 before and 1074 behind the point.
double roundOnDigits(double x, int64_t digits) {
  if (digits >= 1074) return x;
  if (digits < -309) return std::copysign(0.0, x);
  char text[1500];
  char* const end = std::to_chars(text, text + sizeof text, std::fabs(x), std::chars_format::fixed, 1074).ptr;
  std::string number(text, end);
  const auto point = static_cast<int64_t>(number.find('.'));
  number.erase(static_cast<size_t>(point), 1);
  const int64_t kept = point + digits;  // digits of `number` that stay
  if (kept < 0) return std::copysign(0.0, x);
  const bool up = number[static_cast<size_t>(kept)] >= '5';
  std::string rounded = "0" + number.substr(0, static_cast<size_t>(kept));
  if (up) {
    size_t at = rounded.size() - 1;
    while (rounded[at] == '9') rounded[at--] = '0';
    ++rounded[at];
  }
  rounded += "e" + std::to_string(-digits);
  double value = 0;
  const auto [stop, error] = std::from_chars(rounded.data(), rounded.data() + rounded.size(), value);
  if (error == std::errc::result_out_of_range && digits < 0) value = HUGE_VAL;  // rounded up beyond the greatest f64
  return std::copysign(value, x);
}

}  // namespace
}  // namespace streamrt

double stream_number_exp(void*, double x) { return streamrt::exponential(x); }
double stream_number_ln(void*, double x) { return streamrt::naturalLogarithm(x); }
double stream_number_log10(void*, double x) { return streamrt::decimalLogarithm(x); }
double stream_number_pow(void*, double x, double y) { return streamrt::power(x, y); }

// With both factors exact, the product's rounding error is known exactly (fma), so the half can be decided; the
// quotient of two exact numbers is then correctly rounded.
double stream_number_round_digits(void*, double x, int64_t digits) {
  if (!std::isfinite(x)) return x;
  if (digits < 0 || digits > 22) return streamrt::roundOnDigits(x, digits);
  const double power = streamrt::kPowers[digits];
  const double magnitude = std::fabs(x);
  const double product = magnitude * power;
  if (product >= 0x1p52) return streamrt::roundOnDigits(x, digits);
  const double error = std::fma(magnitude, power, -product);
  double whole = std::trunc(product);
  const double fraction = product - whole;
  if (fraction > 0.5 || (fraction == 0.5 && error >= 0)) whole += 1;
  return std::copysign(whole / power, x);
}
