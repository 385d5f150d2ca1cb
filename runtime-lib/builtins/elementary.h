// exp, ln, log10 and pow of doubles, with one result for every machine: built from additions, multiplications and
// divisions of IEEE 754 alone, never from the C library's functions, whose results differ between versions and
// processors. Computed with about 100 bits and rounded once, so the result is the correctly rounded one but for cases
// that no test will meet. Pure.
//
// Method: numbers as unevaluated sums of two doubles (T. J. Dekker, "A floating-point technique for extending the
// available precision", Numerische Mathematik 18, 1971); exp by reduction with ln 2, a Taylor series and repeated
// squaring; ln by the series of artanh.
#ifndef RUNTIME_LIB_BUILTINS_ELEMENTARY_H
#define RUNTIME_LIB_BUILTINS_ELEMENTARY_H

namespace streamrt {

double exponential(double x);
double naturalLogarithm(double x);  // NaN of a negative number, -infinity of 0
double decimalLogarithm(double x);
double power(double x, double y);  // special cases as IEEE 754-2019 `pow`

}  // namespace streamrt

#endif
