"""Which fields of a row somebody depends on.

A demand is True (the whole value) or {field: demand}; of a oneof its variants are the fields, and TAG is which it is.
An empty dict demands nothing but that the row is there.

There are two demands on every stream: that of everybody, and that of its steps alone (conditions, keys, aggregates), as
if sinks showed nothing. Through `.late` only the second one reaches the stream before: a late row has null where its
record has nothing that fits.
"""


from values import ABSENT

TAG = "$tag"


def merge(left, right):
    if left is True or right is True:
        return True
    return {name: merge(left.get(name, {}), right[name]) if name in right else left[name]
            for name in list(left) + [name for name in right if name not in left]}


def ofPath(path, demand=True):
    for name in reversed(path):
        demand = {name: demand}
    return demand


def ofUses(*expressions):
    total = {}
    for expression in expressions:
        for path in expression.uses:
            total = merge(total, ofPath(path))
    return total


def part(demand, name):
    """The demand on one field: True, a dict, or None when it is not demanded."""
    if demand is True:
        return True
    return demand.get(name)


def isAbsent(value):
    if isinstance(value, tuple):  # a oneof
        return isAbsent(value[1])
    return value is ABSENT or isinstance(value, dict) and any(isAbsent(part) for part in value.values())


def partOf(value, name):
    """A field of a record; of a oneof the payload of a variant, which is nothing for the others."""
    if value is None or value is ABSENT:
        return value
    if isinstance(value, tuple):
        return value[1] if value[0] == name else None
    return value[name]


def usesAbsent(expression, row):
    """Whether a value that the expression needs is not there, because nobody demanded it."""
    for path in expression.uses:
        value = row.fields
        for name in path:
            value = partOf(value, name)
        if isAbsent(value):
            return True
    return False


def throughExpression(expression, demand):
    """What a demand on the value of an expression demands of its row."""
    if demand is not True and expression.path is not None:
        return ofPath(expression.path, demand)
    return ofUses(expression)
