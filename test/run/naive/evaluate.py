"""Runs a .stream file the slow and obvious way: every stream becomes the list of all its rows.

    evaluate.py job.stream [--base DIR] [--out DIR] [--param name=value …]

Reads inputs relative to --base, writes file sinks relative to --out, stdout and stderr as the job would. Exit code 0, or
65 when a record failed under `errors: fail`.
"""

import argparse
import base64
import os
import sys
from pathlib import Path

import csv_text
import decimals
import demand as demands
import steps
import syntax
from encode import jsonRow
from expressions import Scope, compileExpression
from sources import Row, Source
from steps import Shape
from syntax import Unsupported, child, children, place
from values import (FLOATS, INTEGERS, STRING, YEAR_0, YEAR_10000, Reject, Type, parseDate, parseDuration, parseTimestamp,
                    roundToF32)

UNSPECIFIED = "<unspecified>"  # a column of an error row that the documents leave open; the runner does not compare it
ERROR_FIELDS = {"cause": STRING, "message": STRING, "step": STRING, "place": STRING, "input": STRING,
                "event_time": Type("timestamp", True), "source": Type("string", True),
                "partition": Type("i32", True), "offset": Type("i64", True)}


NULL_PARTITION = "__HIVE_DEFAULT_PARTITION__"


class Connector:
    def __init__(self, name, options):
        self.name, self.options = name, options


class Sink:
    """`place` is that of its name in its declaration, or of the connector behind `to`."""

    def __init__(self, connector, place):
        self.connector, self.place, self.lines, self.rows_are_errors = connector, place, [], False
        self.shape, self.partition = None, []
        self.is_written = False

    def write(self, row, shape):
        fields = fieldsOf(shape)
        if self.connector.name == "null":
            return
        options = self.connector.options
        try:
            if options["format"] == "csv":
                line = csv_text.rowLine(row.fields, fields, options)
            else:
                line = jsonRow(row.fields, fields, options.get("timestamps", "rfc3339"))
            self.lines.append(self.directoryOf(row) + line if self.connector.name == "files" else line)
        except Reject as failure:
            failure.place = self.place
            raise


    def directoryOf(self, row):
        """`country=DE/day=2024-10-08` and a tab, before the line of a row of `files`."""
        parts = []
        for name, expression in self.partition:
            value = expression.evaluate(row)
            text = NULL_PARTITION if value is None else "".join(
                c if c.isalnum() and c.isascii() or c in "_.+-" or ord(c) > 127 else f"%{ord(c):02X}"
                for c in csv_text.valueText(value, expression.type))
            if len(f"{name}={text}".encode()) > 255:
                raise Reject("encode", "too long for a directory")
            parts.append(f"{name}={text}")
        return "/".join(parts) + "\t"

    def prologue(self):
        """What its output begins with, rows or not."""
        options = self.connector.options
        if options["format"] != "csv" or not options.get("header", True) or self.shape is None:
            return []
        return [csv_text.headerLine(fieldsOf(self.shape), options)]


def fieldsOf(shape):
    return tuple((name, type_, None) for name, type_ in shape.fields.items())


class Pipeline:
    """A named stream (name) or a flow (name None): an input and steps. `label` begins the names of its steps."""

    def __init__(self, name, label):
        self.name, self.label = name, label
        self.inputs = []  # [(Source or Pipeline, "rows" | "late" | "errors" of it)], several for a union
        self.steps, self.shape = [], None
        self.demand, self.demand_of_steps, self.demand_of_late = {}, {}, {}
        self.rows = self.rejects = None

    def closing(self):
        return [step for step in self.steps if step.kind == "aggregate"]


class Program:
    def __init__(self, path, base, arguments, environment, stdin):
        self.path, self.base, self.arguments, self.stdin = path, base, arguments, stdin
        self.environment = environment
        self.types, self.constants, self.sources, self.sinks = {}, {}, {}, {}
        self.stream_trees, self.pipelines, self.order, self.inline_sinks = {}, {}, [], []
        self.policy, self.error_sink, self.settings_tree = "stderr", None, None
        self.read_errors, self.read_late, self.flow_count = set(), set(), 0
        self.chosen_by_name = set()  # sinks of a one_of

    # ---- declarations ----

    def load(self):
        tree = syntax.parse(self.path.read_text())
        declarations = [d.children[0] for d in children(tree, "decl")]
        by_rule = lambda name: [d for d in declarations if syntax.rule(d) == name]
        for declaration in by_rule("job_decl"):
            self.settings_tree = child(declaration, "settings")
            if children(declaration, "decl"):
                raise Unsupported("job blocks")
        self.type_trees = {syntax.unquote(d.children[1]): d for d in by_rule("type_decl")}
        for declaration in by_rule("param_decl"):
            self.declareParam(declaration)
        for declaration in by_rule("source_decl"):
            self.declareSource(declaration)
        for declaration in by_rule("sink_decl"):
            name = declaration.children[1]
            self.sinks[syntax.unquote(name)] = Sink(self.connectorOf(declaration.children[-1]), place(name))
        for declaration in by_rule("stream_decl"):
            self.stream_trees[syntax.unquote(declaration.children[1])] = declaration
        for declaration in declarations:
            if syntax.rule(declaration) not in ("job_decl", "type_decl", "param_decl", "source_decl", "sink_decl",
                                                "stream_decl", "flow"):
                raise Unsupported(syntax.rule(declaration))
        self.declareSettings()
        for name in self.stream_trees:
            self.stream(name)
        for declaration in by_rule("flow"):
            self.flow_count += 1
            self.compilePipeline(declaration, None, f"flow{self.flow_count}")

    def constantScope(self):
        return Scope({}, self.constants, environment=self.environment)

    def declareSettings(self):
        if self.settings_tree is None:
            return
        for item in children(child(self.settings_tree, "record"), "item"):
            if str(item.children[0]) != "errors":
                continue
            value = bareName(item.children[2])
            if value in ("stderr", "skip", "fail", "none"):
                self.policy = value
            else:
                self.policy, self.error_sink = "sink", self.sinks[value]

    def declareParam(self, tree):
        name = syntax.names(tree)[0]
        type_ = self.typeOf(child(tree, "type"))
        if name in self.arguments:
            self.constants[name] = (type_, parameterValue(self.arguments[name], type_))
            return
        default = child(tree, "expr")
        if default is None:
            raise Unsupported(f"param {name} has no value")
        if type_.name == "enum":
            self.constants[name] = (type_, bareName(default))
            return
        made = compileExpression(default, self.constantScope())
        if made.type == STRING and type_.name != "string":  # env(…) gives text
            self.constants[name] = (type_, parameterValue(made.evaluate(None), type_))
        else:
            self.constants[name] = (type_, made.to(type_).evaluate(None))

    def typeOf(self, tree):
        base = child(tree, "type_base")
        optional = syntax.hasWord(tree, "?")
        body = child(base, "record_type")
        if body is not None:
            made = self.recordType(body)
        else:
            name = ".".join(syntax.pathOf(child(base, "path")))
            if name == "list":
                made = Type("list", element=self.typeOf(child(base, "type_args").children[1]))
            elif name == "decimal":
                sizes = [int(token) for token in child(base, "size_args").children if str(token).isdigit()]
                made = Type(decimals.typeName(*sizes))
            elif name in INTEGERS or name in FLOATS + ("bool", "string", "timestamp", "duration", "date", "bytes"):
                made = Type(name)
            elif name in self.type_trees:
                made = self.declaredType(child(self.type_trees[name], "type_body"))
            else:
                raise Unsupported(f"type {name}")
        return Type(made.name, optional, made.fields, made.element)

    def declaredType(self, body):
        if syntax.hasWord(body, "enum"):
            symbols = syntax.names(body)
            name = "open_enum" if syntax.hasWord(body, "open") else "enum"
            return Type(name, fields=tuple((symbol, None, None) for symbol in symbols))
        if syntax.hasWord(body, "oneof"):
            variants = []
            for variant in children(body, "variant"):
                payload = child(variant, "type")
                variants.append((syntax.names(variant)[0], None if payload is None else self.typeOf(payload), None))
            return Type("oneof", fields=tuple(variants))
        return self.typeOf(child(body, "type"))

    def recordType(self, tree):
        fields = []
        for field in children(tree, "field"):
            if str(field.children[0]) == "...":
                raise Unsupported("row variables")
            type_ = self.typeOf(field.children[2])
            default = None
            if len(field.children) > 4:
                default = compileExpression(field.children[4], self.constantScope()).to(type_).evaluate(None)
            fields.append((syntax.unquote(field.children[0]), type_, default))
        return Type("record", fields=tuple(fields))

    def declareSource(self, tree):
        name = tree.children[1]
        source = Source(syntax.unquote(name), self.typeOf(child(tree, "type")),
                        self.connectorOf(syntax.after(tree, "from")), place(name))
        clauses = [child(clause, "time_clause") for clause in children(tree, "edge_clause")]
        self.timeOf(source, next((clause for clause in clauses if clause is not None), None))
        self.sources[source.name] = source

    def timeOf(self, source, clause):
        if source.type.name == "oneof":  # a row without fields of its own: `this` is all of it
            source.type = Type("record", fields=(("", source.type, None),))
        fields = {name: type_ for name, type_, _ in source.type.fields}
        source.shape = Shape(fields, has_time=clause is not None)
        order = source.connector.options.get("order")
        if order is not None:
            source.demand = demands.merge(source.demand, {order: True})
        if clause is None:
            return
        source.time = compileExpression(clause.children[1], Scope(fields, self.constants))
        source.demand = demands.merge(source.demand, demands.ofUses(source.time))
        wait = syntax.after(clause, "wait")
        if wait is not None:
            source.wait = compileExpression(wait, self.constantScope()).evaluate(None)
        elif order is not None and source.time.path is not None and list(source.time.path) == [order]:
            source.wait = 0

    # ---- connectors ----

    def connectorOf(self, tree):
        """`file("x", format: json)`, `stdout`, …: a call or a bare name, with evaluated options."""
        while syntax.rule(tree) is not None and len(tree.children) == 1:
            tree = tree.children[0]
        if not syntax.isTree(tree):
            return Connector(syntax.unquote(tree), {"format": "json"})
        arguments = child(tree, "args")
        return self.connector(bareName(tree.children[0]), arguments)

    def connector(self, name, arguments):
        options = {}
        for arg in children(arguments, "arg") if arguments is not None else []:
            if len(arg.children) == 1:
                options["path"] = self.constantOf(arg.children[0])
            elif str(arg.children[0]) == "roll":
                pass  # how rows are divided among the files of a directory is not compared
            elif str(arg.children[0]) == "order":
                options["order"] = bareName(arg.children[2])
            elif str(arg.children[0]) == "partition":
                options["partition"] = arg.children[2]
            elif str(arg.children[0]) == "format":
                self.formatOf(arg.children[2], options)
            else:
                options[syntax.unquote(arg.children[0])] = self.constantOf(arg.children[2])
        options.setdefault("format", "csv" if str(options.get("path", "")).endswith(".csv") else "json")
        return Connector(name, options)

    def formatOf(self, tree, options):
        while syntax.rule(tree) is not None and len(tree.children) == 1:
            tree = tree.children[0]
        if syntax.isTree(tree):  # json(timestamps: ms)
            for arg in children(child(tree, "args"), "arg"):
                name = str(arg.children[0])
                options[name] = bareName(arg.children[2]) if name == "timestamps" else self.constantOf(arg.children[2])
            tree = bareName(tree.children[0])
        if str(tree) not in ("json", "csv"):
            raise Unsupported(f"format {tree}")
        options["format"] = str(tree)

    def constantOf(self, tree):
        return compileExpression(tree, self.constantScope()).evaluate(None)

    def sinkOf(self, step):
        target = step.children[1]
        if not syntax.isTree(target):
            return Sink(Connector("null", {"format": "json"}), place(target))
        name = ".".join(syntax.pathOf(target))
        if name == "one_of":
            return self.chosenSink(child(step, "args"))
        if name in self.sinks:
            self.sinks[name].is_written = True
            return self.sinks[name]
        sink = Sink(self.connector(name, child(step, "args")), place(target))
        self.inline_sinks.append(sink)
        return sink

    def chosenSink(self, arguments):
        """one_of(param, { symbol: sink, other: null }): the others of its sinks are not opened, unless another step writes
        to them."""
        name, choices = [arg.children[0] for arg in children(arguments, "arg")]
        chosen = self.constants[bareName(name)][1]
        found = None
        while syntax.rule(choices) != "record":
            choices = choices.children[0]
        for item in children(choices, "item"):
            sink = bareName(item.children[2])
            self.chosen_by_name.add(sink)
            if str(item.children[0]) == chosen:
                found = self.sinks[sink] if sink in self.sinks else Sink(Connector("null", {"format": "json"}), place(item))
        found.is_written = True
        return found

    # ---- pipelines ----

    def stream(self, name):
        if name in self.sources:
            return self.sources[name]
        if name not in self.pipelines:
            self.compilePipeline(child(self.stream_trees[name], "pipeline"), name, name)
        return self.pipelines[name]

    def compilePipeline(self, tree, name, label):
        pipeline = Pipeline(name, label)
        origin = child(tree, "origin")
        if syntax.rule(origin.children[0]) == "path":
            pipeline.inputs = [self.inputNamed(origin.children[0])]
        elif str(origin.children[0]) == "from":
            pipeline.inputs = [(self.anonymousSource(origin, label), "rows")]
        elif str(origin.children[0]) == "union":
            pipeline.inputs = [self.unionInput(tree, label) for tree in children(origin, "input")]
        else:
            raise Unsupported("origin")
        shapes = [self.inputShape(*source) for source in pipeline.inputs]
        shape = Shape(shapes[0].fields, all(s.has_time for s in shapes), shapes[0].window, shapes[0].key)
        for step_tree in children(tree, "step"):
            step = steps.compileStep(step_tree, shape, self)
            if step.kind == "to":
                step.sink.shape = shape
                step.sink.partition = self.partitionOf(step.sink.connector.options.get("partition"), shape)
            if step.kind == "to" and shape.fields == ERROR_FIELDS:
                step.sink.rows_are_errors = True
            pipeline.steps.append(step)
            shape = step.stream
        pipeline.shape = shape
        if name is not None:
            self.pipelines[name] = pipeline
        self.order.append(pipeline)

    def partitionOf(self, tree, shape):
        """[(name of directories, expression)] of `partition: [country, date(at)]`."""
        if tree is None:
            return []
        while syntax.rule(tree) != "list":
            tree = tree.children[0]
        made = []
        for item in children(tree, "expr"):
            expression = compileExpression(item, shape.scope(self.constants))
            tokens = list(tokensOf(item))
            found = [token for token in tokens if token.type == "NAME"]
            # The field, or the function that makes the value.
            made.append((syntax.unquote(found[0] if "(" in tokens else found[-1]), expression))
        return made

    def inputNamed(self, tree):
        path = syntax.pathOf(tree)
        return self.stream(path[0]), path[1] if len(path) > 1 else "rows"

    def unionInput(self, tree, label):
        path = child(tree, "path")
        if path is not None:
            return self.inputNamed(path)
        self.compilePipeline(child(tree, "pipeline"), None, label)
        return self.order[-1], "rows"

    def anonymousSource(self, origin, label):
        type_ = child(origin, "type")
        if type_ is None:
            raise Unsupported("from without a type")
        made = self.typeOf(type_)
        connector = self.connectorOf(origin.children[1])
        source = Source(connector.name, made, connector, place(origin))
        self.timeOf(source, child(origin, "time_clause"))
        source.label = label
        self.sources[f"from {len(self.sources)}"] = source
        return source

    def inputShape(self, source, kind):
        if kind == "errors":
            self.read_errors.add(source)
            return Shape(ERROR_FIELDS)
        if kind == "late":
            self.read_late.add(source)
            return source.closing()[-1].late_stream
        return source.shape

    # ---- demand and rows ----

    def spreadDemand(self):
        for pipeline in reversed(self.order):
            wanted, by_steps = pipeline.demand, pipeline.demand_of_steps
            for step in reversed(pipeline.steps):
                wanted, by_steps = step.demandIn(wanted, True), step.demandIn(by_steps, False)
                if step in pipeline.closing()[-1:]:
                    wanted = demands.merge(wanted, pipeline.demand_of_late)
                    by_steps = demands.merge(by_steps, pipeline.demand_of_late)
            for source, kind in pipeline.inputs:
                if kind == "rows":
                    source.demand = demands.merge(source.demand, wanted)
                    source.demand_of_steps = demands.merge(source.demand_of_steps, by_steps)
                elif kind == "late" and by_steps is not True:
                    source.demand_of_late = demands.merge(source.demand_of_late, by_steps)

    def leaveOutUnread(self):
        """Steps from which no sink is reached are no part of the job, nor are sources of which nobody gets rows."""
        if not any(step.kind == "to" for pipeline in self.order for step in allSteps(pipeline.steps)):
            return
        read = set()
        for pipeline in reversed(self.order):
            if (pipeline, "rows") not in read and (pipeline, "errors") not in read:
                closing = pipeline.closing()[-1:] if (pipeline, "late") in read else []
                pipeline.steps = upToLast(pipeline.steps, closing)
            if pipeline.steps or (pipeline, "rows") in read or (pipeline, "errors") in read:
                read |= set(pipeline.inputs)
            else:
                pipeline.inputs = []
        self.read_errors = {source for source, kind in read if kind == "errors"}
        self.read_late = {source for source, kind in read if kind == "late"}
        self.unread = [source for source in self.sources.values()
                       if (source, "rows") not in read and (source, "errors") not in read]

    def run(self):
        self.unread = []
        self.leaveOutUnread()
        self.spreadDemand()
        job_errors = []
        for number, source in enumerate([one for one in self.sources.values() if one not in self.unread]):
            source.number = number
        for source in self.sources.values():
            source.rows, rejects = ([], []) if source in self.unread else source.read(self.base, self.stdin)
            source.error_rows = [self.errorRow(row, failure, f"{source.label}/source") for row, failure in rejects]
        for pipeline in self.order:
            self.runPipeline(pipeline)
        for owner in list(self.sources.values()) + self.order:
            if owner not in self.read_errors:
                job_errors += owner.error_rows
        if self.error_sink is not None:
            self.error_sink.rows_are_errors = True
            for row in job_errors:
                self.error_sink.write(row, Shape(ERROR_FIELDS))
        return job_errors

    def runPipeline(self, pipeline):
        pipeline.error_rows = []
        self.nameSteps(pipeline.steps, pipeline.label, {})
        rows = [row for source in pipeline.inputs for row in self.inputRows(*source)]
        pipeline.rows = self.runSteps(pipeline, pipeline.steps, rows)

    def runSteps(self, pipeline, list_of_steps, rows):
        for step in list_of_steps:
            reject = lambda row, failure: pipeline.error_rows.append(self.errorRow(row, failure, step.step_name))
            if step.kind == "route":
                for (_, inner), taken in zip(step.arms, step.rowsOfArms(rows, reject)):
                    self.runSteps(pipeline, inner, taken)
                continue
            rows = step.run(rows, reject)
            if step.kind == "aggregate" and pipeline not in self.read_late and not step.late_drop:
                for row in step.late_rows:
                    pipeline.error_rows.append(self.errorRow(row, Reject("late", "late"), step.step_name))
        return rows

    def nameSteps(self, list_of_steps, label, counts):
        """label/kind, the second one of a kind label/kind#2; `name "…"` renames the step before it."""
        for index, step in enumerate(list_of_steps):
            counts[step.kind] = counts.get(step.kind, 0) + 1
            ordinal = f"#{counts[step.kind]}" if counts[step.kind] > 1 else ""
            step.step_name = f"{label}/{step.kind}{ordinal}"
            if step.kind == "name":
                list_of_steps[index - 1].step_name = step.name
            if step.kind == "route":
                arms = sum(condition is not None for condition, _ in step.arms)
                counts["route"] += max(arms - 1, 0) if step.to_all else 0
                for _, inner in step.arms:
                    self.nameSteps(inner, label, counts)

    def inputRows(self, source, kind):
        if kind == "errors":
            return source.error_rows
        if kind == "late":
            return source.closing()[-1].late_rows
        return source.rows

    def errorRow(self, row, failure, step):
        """Behind the first exchange the origin of a row is not specified, nor is its text."""
        origin = row.origin
        known = origin is not None
        where = f"{self.path.name}:{failure.place[0]}:{failure.place[1]}" if failure.place else UNSPECIFIED
        at = row.event_time if row.event_time is not None and YEAR_0 <= row.event_time < YEAR_10000 else None
        fields = {"cause": failure.cause, "message": failure.message, "step": step, "place": where,
                  "input": origin.text if known else UNSPECIFIED, "event_time": at,
                  "source": origin.source if known else UNSPECIFIED,
                  "partition": origin.partition if known else None,
                  "offset": origin.offset if known else None}
        return Row(fields, row.event_time, None, None, origin)


def allSteps(list_of_steps):
    for step in list_of_steps:
        yield step
        for _, inner in step.arms if step.kind == "route" else []:
            yield from allSteps(inner)


def upToLast(list_of_steps, wanted):
    """The steps up to the last one that is wanted or leads to a sink, and its name."""
    for step in list_of_steps:
        if step.kind == "route":
            step.arms = [(condition, upToLast(inner, [])) for condition, inner in step.arms]
    uses = [step in wanted or any(one.kind == "to" for one in allSteps([step])) for step in list_of_steps]
    last = max((index for index, used in enumerate(uses) if used), default=-1)
    while 0 <= last < len(list_of_steps) - 1 and list_of_steps[last + 1].kind == "name":
        last += 1
    return list_of_steps[:last + 1]


def tokensOf(tree):
    for part in tree.children:
        if syntax.isTree(part):
            yield from tokensOf(part)
        elif part is not None:
            yield part


def bareName(tree):
    while syntax.isTree(tree) and len(tree.children) == 1:
        tree = tree.children[0]
    if syntax.isTree(tree):
        raise Unsupported("a name is needed here")
    return syntax.unquote(tree)


def parameterValue(text, type_):
    """The value of --param name=text."""
    if type_.name in INTEGERS:
        return syntax.integerLiteral(text.lstrip("-")) * (-1 if text.startswith("-") else 1)
    if type_.name in FLOATS:
        return float(text) if type_.name == "f64" else roundToF32(float(text))
    if type_.name == "bool":
        return {"true": True, "false": False}[text]
    if type_.name == "duration":
        return parseDuration(text)
    if type_.name == "timestamp":
        return parseTimestamp(text)
    if type_.name == "date":
        return parseDate(text)
    if type_.name == "bytes":
        return base64.b64decode(text, validate=True)
    if decimals.isDecimal(type_.name):
        return decimals.parse(text, type_.name)
    return text


class Result:
    def __init__(self, code, stdout=b"", stderr=b"", outputs=None):
        self.code, self.stdout, self.stderr, self.outputs = code, stdout, stderr, outputs


def evaluate(path, base, out, arguments, environment, stdin):
    """Runs a job; files of sinks are written below `out`. `outputs` of the result says what holds rows and what errors:
    {"files": {path: "rows" | "errors"}, "stdout": "rows" | "errors", "stderr": "rows" | "errors"}."""
    program = Program(path, base, arguments, environment, stdin)
    program.load()
    job_errors = program.run()
    if program.policy == "fail" and job_errors:
        return Result(65)
    outputs = {"files": {}, "trees": {}, "stdout": "rows", "stderr": "rows"}
    lines = {"stdout": [], "stderr": []}
    closed = [program.sinks[name] for name in program.chosen_by_name
              if name in program.sinks and not program.sinks[name].is_written]
    for sink in [sink for sink in list(program.sinks.values()) + program.inline_sinks if sink not in closed]:
        name, options = sink.connector.name, sink.connector.options
        kind = "errors" if sink.rows_are_errors else "rows"
        if name == "files":
            root = options["path"].rstrip("/")
            outputs["trees"][root] = (sink.prologue() or [None])[0]
            lines.setdefault(root, []).extend(sink.lines)
        elif name == "file" and options["path"] != "-":
            outputs["files"][options["path"]] = kind
            lines.setdefault(options["path"], []).extend(sink.prologue() + sink.lines)
        elif name in ("stdout", "stderr", "file"):
            target = "stdout" if name == "file" else name
            lines[target] += sink.prologue() + sink.lines
            outputs[target] = kind if sink.lines else outputs[target]
    if program.policy == "stderr" and job_errors:
        outputs["stderr"] = "errors"
        fields = tuple((name, type_, None) for name, type_ in ERROR_FIELDS.items())
        lines["stderr"] += [jsonRow(row.fields, fields) for row in job_errors]
    data = {target: "".join(line + "\n" for line in found).encode() for target, found in lines.items()}
    for target in outputs["trees"]:
        (out / target).parent.mkdir(parents=True, exist_ok=True)
        (out / f"{target}.tree").write_bytes(data[target])
    for target in outputs["files"]:
        (out / target).parent.mkdir(parents=True, exist_ok=True)
        (out / target).write_bytes(data[target])
    return Result(0, data["stdout"], data["stderr"], outputs)


def main():
    options = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    options.add_argument("job", type=Path)
    options.add_argument("--base", type=Path, help="where its inputs are (default: the directory of the job)")
    options.add_argument("--out", type=Path, help="where its outputs go (default: --base)")
    options.add_argument("--param", action="append", default=[], metavar="NAME=VALUE")
    given = options.parse_args()
    base = given.base or given.job.parent
    arguments = dict(text.split("=", 1) for text in given.param)
    result = evaluate(given.job, base, given.out or base, arguments, os.environ, sys.stdin.buffer.read)
    sys.stdout.buffer.write(result.stdout)
    sys.stderr.buffer.write(result.stderr)
    return result.code


if __name__ == "__main__":
    sys.exit(main())
