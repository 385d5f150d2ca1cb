#include "runtime-lib/builtins/elementary.h"

#include <array>
#include <bit>
#include <cstdint>
#include <limits>

namespace streamrt {
namespace {

constexpr double kInfinity = std::numeric_limits<double>::infinity();
constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();

// ---- numbers of twice the precision: |lo| is at most half a unit of hi's last place ----

struct Pair {
  double hi, lo;
};

constexpr Pair quickSum(double a, double b) {  // REQUIRES: |a| >= |b|, or a is 0
  const double sum = a + b;
  return {sum, b - (sum - a)};
}
constexpr Pair sumOf(double a, double b) {
  const double sum = a + b;
  const double part = sum - a;
  return {sum, (a - (sum - part)) + (b - part)};
}
constexpr Pair productOf(double a, double b) {
  constexpr double kSplit = 0x1p27 + 1;
  const double ta = kSplit * a, a1 = ta - (ta - a), a2 = a - a1;
  const double tb = kSplit * b, b1 = tb - (tb - b), b2 = b - b1;
  const double product = a * b;
  return {product, ((a1 * b1 - product) + a1 * b2 + a2 * b1) + a2 * b2};
}

constexpr Pair operator+(Pair a, Pair b) {
  Pair high = sumOf(a.hi, b.hi);
  const Pair low = sumOf(a.lo, b.lo);
  high = quickSum(high.hi, high.lo + low.hi);
  return quickSum(high.hi, high.lo + low.lo);
}
constexpr Pair operator-(Pair a) { return {-a.hi, -a.lo}; }
constexpr Pair operator*(Pair a, Pair b) {
  const Pair product = productOf(a.hi, b.hi);
  return quickSum(product.hi, product.lo + (a.hi * b.lo + a.lo * b.hi));
}
constexpr Pair operator/(Pair a, Pair b) {
  const double first = a.hi / b.hi;
  Pair rest = a + -(b * Pair{first, 0});
  const double second = rest.hi / b.hi;
  rest = rest + -(b * Pair{second, 0});
  const double third = rest.hi / b.hi;
  return quickSum(first, second) + Pair{third, 0};
}

// ---- constants: ln 2 in pieces of 40 bits, so that multiples of the first two are exact ----

constexpr double kLn2First = 0x1.62e42fefa2000p-1, kLn2Second = 0x1.9ef35793c6000p-41,
                 kLn2Third = 0x1.673007e5ed5e8p-81;
constexpr double kPerLn2 = 0x1.71547652b82fep+0;
constexpr Pair kLn10 = {0x1.26bb1bbb55516p+1, -0x1.f48ad494ea3e9p-53};

constexpr Pair timesLn2(double k) { return Pair{k * kLn2First, 0} + Pair{k * kLn2Second, 0} + Pair{k * kLn2Third, 0}; }

// ---- doubles as sign, exponent and digits ----

constexpr double twoTo(int exponent) {  // REQUIRES: a normal number
  return std::bit_cast<double>(static_cast<uint64_t>(exponent + 1023) << 52);
}

// x = result × 2^exponent with the result in [1, 2). REQUIRES: finite, above 0.
double mantissaOf(double x, int& exponent) {
  exponent = 0;
  if (x < 0x1p-1022) {
    x *= 0x1p54;
    exponent = -54;
  }
  const auto bits = std::bit_cast<uint64_t>(x);
  exponent += static_cast<int>(bits >> 52) - 1023;
  return std::bit_cast<double>((bits & 0xfffffffffffff) | (uint64_t{1023} << 52));
}

// value × 2^exponent, rounded once, also where few digits are left. REQUIRES: value above 0.
double scaled(Pair value, int exponent) {
  int own = 0;
  mantissaOf(value.hi, own);
  value = {value.hi * twoTo(-own), value.lo * twoTo(-own)};  // hi in [1, 2)
  exponent += own;
  if (exponent > 1023) return kInfinity;
  if (exponent >= -1022) return value.hi * twoTo(exponent);
  if (exponent < -1076) return 0;
  const double power = exponent + 1074 >= 0 ? twoTo(exponent + 1074) : 0.5 * twoTo(exponent + 1075);
  const double units = value.hi * power;  // of the least number; below 2^52, and exact
  auto whole = static_cast<int64_t>(units);
  const double rest = units - static_cast<double>(whole);
  const bool up = rest > 0.5 || (rest == 0.5 && (value.lo > 0 || (value.lo == 0 && whole % 2 != 0)));
  whole += up ? 1 : 0;
  return static_cast<double>(whole) * std::numeric_limits<double>::denorm_min();
}

// ---- exp and ln of twice the precision ----

// e^x as a number times 2^exponent. REQUIRES: |x| < 800.
Pair expOf(Pair x, int& exponent) {
  constexpr double kToInteger = 0x1.8p52;
  const double k = (x.hi * kPerLn2 + kToInteger) - kToInteger;
  exponent = static_cast<int>(k);
  Pair r = x + Pair{-(k * kLn2First), 0};
  r = r + Pair{-(k * kLn2Second), 0};
  r = r + Pair{-(k * kLn2Third), 0};
  // |r| <= ln 2 / 2; of r / 512 the first terms are enough: what is left out is below 2^-116.
  constexpr int kSquarings = 9, kTerms = 10;
  r = {r.hi * 0x1p-9, r.lo * 0x1p-9};
  Pair series{1, 0};
  for (int n = kTerms; n >= 2; --n) series = Pair{1, 0} + (r * series) / Pair{static_cast<double>(n), 0};
  Pair less_one = r * series;  // e^r - 1, which keeps its digits while it is small
  for (int i = 0; i < kSquarings; ++i) less_one = Pair{2 * less_one.hi, 2 * less_one.lo} + less_one * less_one;
  return Pair{1, 0} + less_one;
}

constexpr int kLogTerms = 22;
constexpr std::array<Pair, kLogTerms> kOddReciprocals = [] {
  std::array<Pair, kLogTerms> reciprocals{};
  for (int n = 0; n < kLogTerms; ++n) reciprocals[n] = Pair{1, 0} / Pair{2.0 * n + 1, 0};
  return reciprocals;
}();

// REQUIRES: finite, above 0.
Pair lnOf(double x) {
  int exponent = 0;
  double m = mantissaOf(x, exponent);
  if (m > 0x1.6a09e667f3bcdp+0) {  // the square root of 2
    m *= 0.5;
    ++exponent;
  }
  const Pair s = Pair{m - 1, 0} / sumOf(m, 1);  // at most 0.172: each term has five bits less
  const Pair square = s * s;
  Pair series = kOddReciprocals[kLogTerms - 1];
  for (int n = kLogTerms - 2; n >= 0; --n) series = kOddReciprocals[static_cast<uint32_t>(n)] + square * series;
  const Pair small = Pair{2 * s.hi, 2 * s.lo} * series;
  return exponent == 0 ? small : timesLn2(exponent) + small;
}

bool isInteger(double y) { return y - static_cast<double>(static_cast<int64_t>(y)) == 0; }  // REQUIRES: |y| < 2^63

bool isOdd(double y) { return y > -0x1p53 && y < 0x1p53 && isInteger(y) && static_cast<int64_t>(y) % 2 != 0; }

// x^n by multiplication: exact while the digits fit twice the precision, so that halves round to even.
double powerOfInteger(double x, int n) {
  const int times = n < 0 ? -n : n;
  int exponent = 0;
  Pair base{mantissaOf(x, exponent), 0}, result{1, 0};
  for (int bit = times; bit != 0; bit >>= 1) {
    if (bit & 1) result = result * base;
    base = base * base;
  }
  if (n < 0) result = Pair{1, 0} / result;
  return scaled(result, exponent * n);
}

double powerOfPositive(double x, double y) {
  constexpr double kSmallInteger = 32;
  if (y >= -kSmallInteger && y <= kSmallInteger && isInteger(y)) return powerOfInteger(x, static_cast<int>(y));
  const Pair logarithm = lnOf(x);
  const double about = logarithm.hi * y;
  if (about > 720) return kInfinity;
  if (about < -760) return 0;
  int exponent = 0;
  const Pair result = expOf(logarithm * Pair{y, 0}, exponent);
  return scaled(result, exponent);
}

}  // namespace

double exponential(double x) {
  if (x != x) return x;
  if (x > 710) return kInfinity;
  if (x < -746) return 0;
  int exponent = 0;
  const Pair result = expOf({x, 0}, exponent);
  return scaled(result, exponent);
}

double naturalLogarithm(double x) {
  if (x != x || x < 0) return kNaN;
  if (x == 0) return -kInfinity;
  return x == kInfinity ? x : lnOf(x).hi;
}

double decimalLogarithm(double x) {
  if (x != x || x < 0) return kNaN;
  if (x == 0) return -kInfinity;
  return x == kInfinity ? x : (lnOf(x) / kLn10).hi;
}

double power(double x, double y) {
  if (y == 0 || x == 1) return 1;
  if (x != x || y != y) return kNaN;
  const double size = x < 0 ? -x : x;
  if (y == kInfinity || y == -kInfinity) {
    if (size == 1) return 1;
    return (size > 1) == (y > 0) ? kInfinity : 0;
  }
  const bool negative = std::bit_cast<int64_t>(x) < 0, is_odd = isOdd(y);
  double result = 0;
  if (size == 0 || size == kInfinity) {
    result = (size == 0) == (y > 0) ? 0 : kInfinity;
  } else {
    const bool is_whole = y >= 0x1p53 || y <= -0x1p53 || isInteger(y);
    if (negative && !is_whole) return kNaN;
    // A whole y beyond 2^53 is even, and x^y is 0, 1 or infinite unless x is next to 1.
    result = size == 1 ? 1 : powerOfPositive(size, y);
  }
  return negative && is_odd ? -result : result;
}

}  // namespace streamrt
