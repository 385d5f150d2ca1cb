"""The steps of a pipeline. Each is compiled once (types, demand) and then maps all of its input rows to output rows.

A step has: `stream`, the shape of its output; `demandIn(demand on the output, of_sinks) -> demand on the input`, once
for everybody (`of_sinks`), once for the steps alone; and
`run(rows, reject) -> rows`, where `reject(row, failure)` takes a row out of the stream.
"""

import demand as demands
import expressions
import syntax
from expressions import Scope, compileExpression
from sources import Row, decodeRecord, parseLine
from syntax import Unsupported, child, children
from values import ABSENT, DURATION, Reject, Type, settled


class Shape:
    """What a stream is made of: its fields, whether it has event time, the Window step it went through last."""

    def __init__(self, fields, has_time=False, window=None, key=None):
        self.fields, self.has_time, self.window = dict(fields), has_time, window
        self.key = key  # names of the key fields of what a window made

    def scope(self, constants):
        return Scope(self.fields, constants, self.has_time, self.window is not None)

    def withFields(self, fields):
        return Shape(fields, self.has_time, self.window, self.key)


class Where:
    kind = "where"

    def __init__(self, shape, condition):
        self.stream, self.condition = shape, condition

    def demandIn(self, wanted, of_sinks):
        return demands.merge(wanted, demands.ofUses(self.condition))

    def run(self, rows, reject):
        passed = []
        for row in rows:
            try:
                if self.condition.evaluate(row):
                    passed.append(row)
            except Reject as failure:
                reject(row, failure)
        return passed


class Assert:
    kind = "assert"

    def __init__(self, shape, condition, message, place):
        self.stream, self.condition, self.message, self.place = shape, condition, message, place

    def demandIn(self, wanted, of_sinks):
        return demands.merge(wanted, demands.ofUses(self.condition))

    def run(self, rows, reject):
        passed = []
        for row in rows:
            try:
                if not self.condition.evaluate(row):
                    raise Reject("assert", self.message, self.place)
                passed.append(row)
            except Reject as failure:
                reject(row, failure)
        return passed


class Project:
    """select, extend, set, drop and rename are all a list of columns with an expression each."""

    def __init__(self, kind, shape, columns):
        self.kind, self.columns = kind, columns
        self.stream = shape.withFields({name: expression.type for name, expression in columns})
        self.wanted = {}

    def demandIn(self, wanted, of_sinks):
        total = {}
        if of_sinks:
            self.wanted = wanted
        for name, expression in self.columns:
            on_column = demands.part(wanted, name)
            if on_column is not None:
                total = demands.merge(total, demands.throughExpression(expression, on_column))
        return total

    def run(self, rows, reject):
        made = []
        for row in rows:
            try:
                made.append(row.replace(fields={name: self.column(name, expression, row)
                                                for name, expression in self.columns}))
            except Reject as failure:
                reject(row, failure)
        return made

    def column(self, name, expression, row):
        try:
            if expression.path is None and demands.usesAbsent(expression, row):
                return None if expression.type.optional else ABSENT
            return expression.partial(row)
        except Reject:
            if demands.part(self.wanted, name) is not None:
                raise
            return None if expression.type.optional else ABSENT


class Window:
    kind = "window"

    def __init__(self, shape, size, offset, late_drop):
        self.stream = Shape(shape.fields, shape.has_time, self, shape.key)
        self.size, self.offset, self.late_drop = size, offset, late_drop

    def demandIn(self, wanted, of_sinks):
        return wanted

    def run(self, rows, reject):
        made = []
        for row in rows:
            start = (row.event_time - self.offset) // self.size * self.size + self.offset
            made.append(row.replace(window=(start, start + self.size)))
        return made


class Aggregation:
    kind = "aggregate"

    def __init__(self, shape, keys, columns):
        self.keys, self.columns, self.late_drop = keys, columns, shape.window.late_drop
        fields = {name: key.type for name, key in keys} | {name: column.type for name, column, _ in columns}
        self.stream = Shape(fields, True, shape.window, [name for name, _ in keys])
        self.late_stream = Shape(shape.fields | {"late_by": DURATION}, shape.has_time)
        self.wanted, self.late_rows = {}, []

    def demandIn(self, wanted, of_sinks):
        if of_sinks:
            self.wanted = wanted
        total = demands.ofUses(*(key for _, key in self.keys))
        for name, column, _ in self.columns:
            if demands.part(wanted, name) is not None:
                total = demands.merge(total, demands.ofUses(column))
        return total

    def run(self, rows, reject):
        wanted = [(name, column, calls) for name, column, calls in self.columns
                  if demands.part(self.wanted, name) is not None]
        calls = [call for _, _, calls in wanted for call in calls]
        groups = {}  # (window, key values) -> {call: [(rank, value)]}
        # Rows of sources are ranked by event time, then by where the source had them; behind a stateful step by time.
        ranks_of_origin = all(row.place is not None for row in rows)
        for row in rows:
            rank = (row.event_time, row.place if ranks_of_origin else ())
            try:
                key = tuple(expression.evaluate(row) for _, expression in self.keys)
            except Reject as failure:
                reject(row, failure)
                continue
            row = row.replace(origin=None)  # here the row changes hands: it goes to the owner of its key
            if row.watermark is not None and row.window[1] <= row.watermark:
                self.late_rows.append(row.replace(
                    fields=row.fields | {"late_by": row.watermark - row.window[1]}, window=None))
                continue
            try:
                values = {call: call.value(row) for call in calls}
            except Reject as failure:
                reject(row, failure)
                continue
            group = groups.setdefault((row.window, key), {call: [] for call in calls})
            for call in calls:
                group[call] += [(rank, value) for value in values[call]]
        made = []
        for (window, key), found in sorted(groups.items(), key=lambda item: item[0][0]):
            row = Row({}, window[1] - 1, None, window, None)
            try:
                results = {call: call.finish(values) for call, values in found.items()}
                row.fields = {name: value for (name, _), value in zip(self.keys, key)}
                row.fields |= {name: column.evaluate(results) for name, column, _ in wanted}
                row.fields |= {name: ABSENT for name, _, _ in self.columns if name not in row.fields}
                made.append(row)
            except Reject as failure:
                reject(row, failure)
        return made


class To:
    kind = "to"

    def __init__(self, shape, sink, condition):
        self.stream, self.sink, self.condition = shape, sink, condition

    def demandIn(self, wanted, of_sinks):
        condition = demands.ofUses(self.condition) if self.condition else {}
        return demands.merge(demands.merge(wanted, condition), True if of_sinks else {})

    def run(self, rows, reject):
        for row in rows:
            try:
                if self.condition is None or self.condition.evaluate(row):
                    self.sink.write(row, self.stream)
            except Reject as failure:
                reject(row, failure)
        return rows


class Route:
    """A row goes to the first arm that takes it, or with `all` to every such arm; what follows the step sees every row.
    An arm is (condition or None, its steps)."""

    kind = "route"

    def __init__(self, shape, arms, to_all):
        self.stream, self.arms, self.to_all = shape, arms, to_all

    def demandIn(self, wanted, of_sinks):
        for condition, inner in self.arms:
            of_arm = {}
            for step in reversed(inner):
                of_arm = step.demandIn(of_arm, of_sinks)
            wanted = demands.merge(wanted, of_arm)
            if condition is not None:
                wanted = demands.merge(wanted, demands.ofUses(condition))
        return wanted

    def rowsOfArms(self, rows, reject):
        """[the rows of each arm]. A condition that fails takes the row from the arms that have not been asked; those of
        `all` are asked one by one."""
        taken = [[] for _ in self.arms]
        for row in rows:
            for index, (condition, _) in enumerate(self.arms):
                try:
                    if condition is not None and not condition.evaluate(row):
                        continue
                    taken[index].append(row)
                except Reject as failure:
                    reject(row, failure)
                if not self.to_all:
                    break
        return taken


MASK = 2**64 - 1


def mixed(word):
    word = (word ^ word >> 30) * 0xBF58476D1CE4E5B9 & MASK
    word = (word ^ word >> 27) * 0x94D049BB133111EB & MASK
    return word ^ word >> 31


def textWord(text):
    word = 0xCBF29CE484222325
    for byte in text.encode():
        word = (word ^ byte) * 0x100000001B3 & MASK
    return word


class Sample:
    """Keeps a row when its rank is less than `part`: a hash of the place of its record, and behind a window of the key
    and the event time."""

    kind = "sample"

    def __init__(self, shape, part):
        self.stream, self.part, self.step_name = shape, part, None
        self.keys = [name for name in shape.fields if name in shape.key] if shape.key is not None else []

    def demandIn(self, wanted, of_sinks):
        for name in self.keys:
            wanted = demands.merge(wanted, demands.ofPath((name,)))
        return wanted

    def run(self, rows, reject):
        part = self.part.evaluate(None)
        return [row for row in rows if self.rank(row) < part]

    def rank(self, row):
        if row.place is not None:
            source, partition, offset = row.place
            words = [source << 32 | partition, offset]
        else:
            words = [self.word(row.fields[name]) for name in self.keys] + [row.event_time]
        made = mixed(textWord(self.step_name))
        for word in words:
            made = mixed(made ^ word & MASK)
        return (made >> 11) / 2**53

    def word(self, value):
        if value is None:
            return 0x9E3779B97F4A7C15
        return textWord(value) if isinstance(value, str) else int(value)


class Limit:
    """The first rows. All rows go to one worker, so behind it nobody knows where they came from."""

    kind = "limit"

    def __init__(self, shape, count):
        self.stream, self.count = shape, count

    def demandIn(self, wanted, of_sinks):
        return wanted

    def run(self, rows, reject):
        return [row.replace(origin=None) for row in rows[:self.count.evaluate(None)]]


class Throttle(Limit):
    """How long a row waits is nothing that its file tells."""

    kind = "throttle"

    def run(self, rows, reject):
        return [row.replace(origin=None) for row in rows]


class Named:
    """`name "…"`: changes no row."""

    kind = "name"

    def __init__(self, shape, name):
        self.stream, self.name = shape, name

    def demandIn(self, wanted, of_sinks):
        return wanted

    def run(self, rows, reject):
        return rows


# ---- compiling ----


def compileStep(tree, shape, program):
    word = tree.children[0]
    word = str(word) if not syntax.isTree(word) else syntax.rule(word)
    scope = shape.scope(program.constants)
    made = COMPILERS.get(word)
    if made is None:
        raise Unsupported(f"step {word}")
    return made(tree, shape, scope, program)


class Only:
    """The payload of one variant of a row that is a oneof, or of a field that `where` found to be that variant."""

    def __init__(self, kind, shape, field, variant):
        self.kind, self.field, self.variant = kind, field, variant
        payload = shape.fields[field].field(variant)
        self.becomes_row = field == "" and (payload is None or payload.name == "record")
        if self.becomes_row:
            fields = {} if payload is None else {name: type_ for name, type_, _ in payload.fields}
        else:
            fields = shape.fields | {field: payload}
        self.stream = shape.withFields(fields)

    def demandIn(self, wanted, of_sinks):
        if self.becomes_row:
            return {"": {self.variant: wanted, demands.TAG: True}}
        on_field = demands.part(wanted, self.field)
        if on_field is None:
            return wanted
        rest = {name: True for name in self.stream.fields} if wanted is True else dict(wanted)
        return rest | {self.field: {self.variant: on_field, demands.TAG: True}}

    def run(self, rows, reject):
        made = []
        for row in rows:
            value = row.fields[self.field]
            if value is None or value is ABSENT or value[0] != self.variant:
                continue
            payload = value[1]
            fields = (payload or {}) if self.becomes_row else row.fields | {self.field: payload}
            made.append(row.replace(fields=fields))
        return made


class Flatten:
    """The row and an element, for each element of a list."""

    kind = "flatten"

    def __init__(self, shape, items, name):
        self.items, self.name = items, name
        self.stream = shape.withFields(shape.fields | {name: items.type.element})

    def demandIn(self, wanted, of_sinks):
        if wanted is True:
            wanted = {name: True for name in self.stream.fields}
        kept = {name: demand for name, demand in wanted.items() if name != self.name}
        return demands.merge(kept, demands.ofUses(self.items))

    def run(self, rows, reject):
        made = []
        for row in rows:
            try:
                made += [row.replace(fields=row.fields | {self.name: item}) for item in self.items.evaluate(row)]
            except Reject as failure:
                reject(row, failure)
        return made


class Decode:
    """The record that a text holds, instead of the row."""

    kind = "decode"

    def __init__(self, shape, text, type_, timestamps):
        self.text, self.type, self.timestamps, self.wanted = text, type_, timestamps, {}
        if type_.name == "oneof":
            self.type = Type("record", fields=(("", type_, None),))
        self.stream = shape.withFields({name: field for name, field, _ in self.type.fields})

    def demandIn(self, wanted, of_sinks):
        if of_sinks:
            self.wanted = wanted
        return demands.ofUses(self.text)

    def run(self, rows, reject):
        made = []
        for row in rows:
            try:
                value = parseLine(self.text.evaluate(row).encode(), float("inf"))
                made.append(row.replace(fields=decodeRecord(self.type.fields, value, self.wanted, self.timestamps)))
            except Reject as failure:
                failure.place = failure.place or self.text.place
                reject(row, failure)
        return made


class Chain:
    """Several steps that count as one."""

    def __init__(self, steps):
        self.steps, self.kind, self.stream = steps, steps[0].kind, steps[-1].stream

    def demandIn(self, wanted, of_sinks):
        for step in reversed(self.steps):
            wanted = step.demandIn(wanted, of_sinks)
        return wanted

    def run(self, rows, reject):
        for step in self.steps:
            rows = step.run(rows, reject)
        return rows


def whereStep(tree, shape, scope, program):
    """A field that the condition finds to be a variant is its payload from here on."""
    made = [Where(shape, compileExpression(tree.children[1], scope))]
    for path, variant in expressions.variantFacts(tree.children[1]).items():
        payload = made[-1].stream.fields[path].field(variant)
        if payload is not None and (path != "" or payload.name == "record"):
            made.append(Only("where", made[-1].stream, path, variant))
    return made[0] if len(made) == 1 else Chain(made)


def flattenStep(tree, shape, scope, program):
    return Flatten(shape, compileExpression(tree.children[1], scope), syntax.unquote(tree.children[3]))


def decodeStep(tree, shape, scope, program):
    options = {}
    if len(tree.children) > 4:
        program.formatOf(tree.children[5], options)
    return Decode(shape, compileExpression(tree.children[1], scope), program.typeOf(tree.children[3]),
                  options.get("timestamps", "rfc3339"))


def onlyStep(tree, shape, scope, program):
    return Only("only", shape, "", syntax.unquote(tree.children[1]))


def assertStep(tree, shape, scope, program):
    condition = compileExpression(tree.children[1], scope)
    return Assert(shape, condition, syntax.stringLiteral(str(tree.children[3])), syntax.place(tree))


def unchanged(shape, scope):
    return {name: scope.lookup(name) for name in shape.fields}


def projectStep(tree, shape, scope, program):
    kind = str(tree.children[0])
    columns = {} if kind == "select" else unchanged(shape, scope)
    columns |= dict(expressions.recordItems(tree.children[1], scope))
    return Project(kind, shape, list(columns.items()))


def dropStep(tree, shape, scope, program):
    dropped = [syntax.pathOf(path) for path in children(tree.children[1], "path")]
    if any(len(path) > 1 for path in dropped):
        raise Unsupported("drop of a nested field")
    columns = [(name, e) for name, e in unchanged(shape, scope).items() if [name] not in dropped]
    return Project("drop", shape, columns)


def renameStep(tree, shape, scope, program):
    renamed = {}
    for part in children(tree, "rename"):
        path = syntax.pathOf(part.children[0])
        if len(path) > 1:
            raise Unsupported("rename of a nested field")
        renamed[path[0]] = syntax.unquote(part.children[2])
    columns = [(renamed.get(name, name), e) for name, e in unchanged(shape, scope).items()]
    return Project("rename", shape, columns)


def windowStep(tree, shape, scope, program):
    body = tree.children[1]
    if str(body.children[0]) != "tumble" or syntax.hasWord(body, "allow"):
        raise Unsupported("window other than tumble with final results")
    size = compileExpression(body.children[1], scope).evaluate(None)
    offset = syntax.after(body, "offset")
    offset = compileExpression(offset, scope).evaluate(None) if offset is not None else 0
    return Window(shape, size, offset, syntax.hasWord(body, "drop"))


def aggregateStep(tree, shape, scope, program):
    if shape.window is None:
        raise Unsupported("aggregate without a window")
    keys = []
    for key in children(child(tree, "keys") or syntax.Tree("keys", []), "key"):
        if syntax.rule(key.children[0]) == "path":
            path = syntax.pathOf(key.children[0])
            found = scope.lookup(path[0])
            for name in path[1:]:
                found = expressions.member(found, name, False)
            found.place = syntax.place(key)
            keys.append((path[-1], found))
        else:
            found = compileExpression(key.children[2], scope)
            keys.append((syntax.unquote(key.children[0]), found.to(settled(found.type))))
    columns = []
    for part in children(child(tree, "agg_record"), "agg"):
        condition = syntax.after(part, "where")
        scope.aggregate_where = compileExpression(condition, scope) if condition is not None else None
        scope.found_aggregates = []
        column = compileExpression(part.children[2], scope)
        columns.append((syntax.unquote(part.children[0]), column.to(settled(column.type)), scope.found_aggregates))
        scope.found_aggregates = None
    return Aggregation(shape, keys, columns)


def toStep(tree, shape, scope, program):
    condition = syntax.after(tree, "if")
    return To(shape, program.sinkOf(tree), compileExpression(condition, scope) if condition is not None else None)


def nameStep(tree, shape, scope, program):
    return Named(shape, syntax.stringLiteral(str(tree.children[1])))


def routeStep(tree, shape, scope, program):
    arms = []
    for arm in children(tree, "arm"):
        condition = syntax.after(arm, "when")
        condition = compileExpression(condition, scope) if condition is not None else None
        inner, inside = [], shape
        for inner_tree in children(arm, "step"):
            inner.append(compileStep(inner_tree, inside, program))
            inside = inner[-1].stream
        arms.append((condition, inner))
    return Route(shape, arms, syntax.hasWord(tree, "all"))


def sampleStep(tree, shape, scope, program):
    return Sample(shape, compileExpression(tree.children[1], program.constantScope()))


def limitStep(tree, shape, scope, program):
    return Limit(shape, compileExpression(tree.children[1], program.constantScope()))


def throttleStep(tree, shape, scope, program):
    return Throttle(shape, None)


COMPILERS = {"route": routeStep, "sample": sampleStep, "limit": limitStep, "throttle": throttleStep,
             "where": whereStep, "only": onlyStep, "flatten": flattenStep, "decode": decodeStep,
             "assert": assertStep, "select": projectStep, "extend": projectStep,
             "set": projectStep, "drop": dropStep,
             "rename": renameStep, "window": windowStep, "aggregate": aggregateStep, "to": toStep, "name": nameStep}
