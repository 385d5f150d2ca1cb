"""Aggregate functions. Each folds the values of a group in arrival order, from nothing, with plain Python lists.

While an `aggregate` step is compiled, its scope collects the aggregate calls it meets (`callIn`), and the expression
around them is evaluated once per group over their results.
"""

import decimals
import syntax
from values import F64, FLOATS, I64, INTEGERS, Reject, Type, checked, plain, roundToF32, settled

NAMES = ("count", "sum", "avg", "min", "max", "first", "last", "any")


class Aggregate:
    def __init__(self, name, argument, where, place):
        self.name, self.argument, self.where, self.place = name, argument, where, place
        of = plain(argument.type) if argument else None
        if name == "count":
            result = I64
        elif name == "sum":
            result = I64 if of.name in INTEGERS else of
            if decimals.isDecimal(of.name):
                result = Type(decimals.typeName(38, decimals.digitsOf(of.name)[1]))
        elif name == "avg":
            result = F64
            if decimals.isDecimal(of.name):
                result = Type(decimals.typeName(38, min(decimals.digitsOf(of.name)[1] + 6, 38)))
        else:
            result = argument.type
        self.type = Type(result.name, result.optional or (where is not None and name != "count"), result.fields,
                         result.element)

    def value(self, row):
        """What one record adds: a list with its value, or an empty list when `where` leaves it out."""
        if self.where is not None and not self.where.evaluate(row):
            return []
        return [self.argument.evaluate(row) if self.argument else None]

    def finish(self, found):
        """found: [(rank, value), …] in arrival order; ranks order the rows, arrival those of equal rank."""
        values = [value for _, value in found]
        if self.name == "count":
            return len(values)
        if not values:
            return None
        if decimals.isDecimal(self.type.name) and self.name in ("sum", "avg"):
            return self.decimalTotal(values)
        if self.name == "sum":
            return self.total(values)
        if self.name == "avg":
            if self.argument.type.name in INTEGERS:
                return float(sum(values)) / float(len(values))
            return self.fold(values) / float(len(values))
        if self.name == "min":
            return min(values, key=nanLast)
        if self.name == "max":
            return max(values, key=nanLast)
        if self.name == "last":
            latest = max(rank for rank, _ in found)
            return [value for rank, value in found if rank == latest][-1]
        earliest = min(rank for rank, _ in found)  # any is first
        return [value for rank, value in found if rank == earliest][0]

    def fold(self, values):
        total = 0.0
        for value in values:
            total = total + value
        return total

    def decimalTotal(self, values):
        total = sum(values) if self.name == "sum" else sum(values) / len(values)
        precision, scale = decimals.digitsOf(self.type.name)
        total = decimals.rounded(total, scale)
        if not decimals.fits(total, precision, scale):
            raise Reject("overflow", f"{total} has more than 38 digits", self.place)
        return total

    def total(self, values):
        if self.type.name in FLOATS:
            return self.fold(values) if self.type.name == "f64" else roundToF32(self.fold(values))
        try:
            return checked(sum(values), I64)
        except Reject as failure:
            failure.place = self.place
            raise


def nanLast(value):
    """Of two zeros the one that arrived first stays."""
    return (value != value, 0.0 if value != value else value)


def callIn(scope, callee, arguments):
    """The expression of an aggregate call within an aggregate step, else None."""
    if scope.found_aggregates is None:
        return None
    while syntax.rule(callee) is not None and len(callee.children) == 1:
        callee = callee.children[0]
    given = syntax.children(arguments, "arg")
    if syntax.isTree(callee) or str(callee) not in NAMES or len(given) != (0 if str(callee) == "count" else 1):
        return None
    import expressions

    collecting, scope.found_aggregates = scope.found_aggregates, None
    argument = expressions.compileExpression(given[0].children[0], scope) if given else None
    scope.found_aggregates = collecting
    if argument is not None:
        argument = argument.to(settled(argument.type))
    made = Aggregate(str(callee), argument, scope.aggregate_where, syntax.place(callee))
    collecting.append(made)
    uses = (argument.uses if argument else frozenset()) | (made.where.uses if made.where else frozenset())
    return expressions.Expression(made.type, lambda results: results[made], uses)
