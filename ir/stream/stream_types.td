// Types and attributes of the `stream` dialect. Parsers and printers of rows and column types: row.cpp.
#ifndef STREAMC_IR_STREAM_TYPES
#define STREAMC_IR_STREAM_TYPES

include "ir/stream/stream_base.td"
include "mlir/IR/BuiltinAttributeInterfaces.td"

class Stream_Type<string class_name, string type_mnemonic, list<Trait> traits = []>
    : TypeDef<Stream_Dialect, class_name, traits> {
  let mnemonic = type_mnemonic;
}
class Stream_Attr<string class_name, string attr_mnemonic, list<Trait> traits = []>
    : AttrDef<Stream_Dialect, class_name, traits> {
  let mnemonic = attr_mnemonic;
}

//===- Rows -------------------------------------------------------------------------------------------------------===//

def Stream_RowAttr : Stream_Attr<"Row", "row"> {
  let summary = "the columns of a row, in order";
  let description = [{
    `#stream.row<{mag: f64, place: string, geo: present, "geo.lat": f64, code: check string, note: lenient opt<string>}>`.
    Names are unique. Inside braces the types of this dialect are written without prefix. Instead of a type a column may
    name its role, which fixes its type: `present` (`i1`: whether an optional record is there), `event_time`, `watermark`,
    `window_start`, `window_end` (timestamps), `partition`, `position` (`i64`: where a source had the row). `check` columns
    are decoded and validated but have no value; they occur in sources of the `job` dialect only. `lenient` columns occur
    in what a source decodes: where the input has none, or one that is malformed, the value is null (a presence false) and
    no record is rejected.
  }];
  let parameters = (ins ArrayRefParameter<"::streamc::ir::stream::Column">:$columns);
  let hasCustomAssemblyFormat = 1;
  let genVerifyDecl = 1;
  let extraClassDeclaration = [{
    // Index of the column of that name among all columns; none when there is no such column.
    std::optional<unsigned> indexOf(::llvm::StringRef name) const;
    // The column of that name; null when there is none.
    const Column* find(::llvm::StringRef name) const;
    bool contains(::llvm::StringRef name) const { return find(name) != nullptr; }
    size_t size() const { return getColumns().size(); }
    auto begin() const { return getColumns().begin(); }
    auto end() const { return getColumns().end(); }
    // The columns that have values: all but the `check` ones.
    ::llvm::SmallVector<Column> storedColumns() const;
    // Storage types of the stored columns.
    ::llvm::SmallVector<::mlir::Type> storageTypes() const;
  }];
}

//===- Types ------------------------------------------------------------------------------------------------------===//

def Stream_StringType : Stream_Type<"String", "string"> {
  let summary = "valid UTF-8 text; a view that never owns";
}
def Stream_TimestampType : Stream_Type<"Timestamp", "timestamp"> {
  let summary = "an instant: microseconds since 1970 UTC, stored as i64";
}
def Stream_DurationType : Stream_Type<"Duration", "duration"> {
  let summary = "a length of time: microseconds, stored as i64";
}
def Stream_EnumType : Stream_Type<"Enum", "enum"> {
  let summary = "one of a closed set of symbols, stored as the i16 index of the symbol";
  let description = "`!stream.enum<added, deleted>`. An open enum is a string.";
  let parameters = (ins ArrayRefParameter<"::mlir::StringAttr">:$symbols);
  let hasCustomAssemblyFormat = 1;
  let genVerifyDecl = 1;
}
def Stream_VariantType : Stream_Type<"Variant", "variant"> {
  let summary = "which variant of a `oneof` a value is, stored as its i16 index";
  let description = [{
    `!stream.variant<person, auction, created()>`; one with `()` has no payload. A column of this type stands for the
    whole value: the leaves of the payloads are columns of their own below its name and that of the variant
    (`event: variant<bid, created()>, "event.bid.price": i64`). They have values only where the value is that variant;
    elsewhere they are zero. Of a row that is a `oneof` itself the column has no name.
  }];
  let parameters = (ins ArrayRefParameter<"::mlir::StringAttr">:$symbols, ArrayRefParameter<"bool">:$has_payload);
  let hasCustomAssemblyFormat = 1;
  let genVerifyDecl = 1;
}
def Stream_DateType : Stream_Type<"Date", "date"> {
  let summary = "a day of the calendar: days since 1970-01-01, stored as i32";
}
def Stream_BytesType : Stream_Type<"Bytes", "bytes"> {
  let summary = "any bytes; stored like a string, of which no text function may be asked";
}
def Stream_DecimalType : Stream_Type<"Decimal", "decimal"> {
  let summary = "an exact number with a fixed number of digits behind the point";
  let description = [{
    `!stream.decimal<12, 2>`: at most 12 digits, 2 of them behind the point. Stored as the number without its point, in
    i64 up to 18 digits and i128 above. A value never has more digits than its type says: that is what makes `arith` on
    the stored numbers exact, once both have the scale and width of the result.
  }];
  let parameters = (ins "unsigned":$precision, "unsigned":$scale);
  let hasCustomAssemblyFormat = 1;
  let genVerifyDecl = 1;
  let extraClassDeclaration = [{
    static constexpr unsigned kPrecisionMax = 38;
    unsigned storageBits() const { return getPrecision() <= 18 ? 64 : 128; }
    // Digits before the point.
    unsigned wholeDigits() const { return getPrecision() - getScale(); }
  }];
}
def Stream_OptType : Stream_Type<"Opt", "opt"> {
  let summary = "a value or null; never nested";
  let description = "`!stream.opt<f64>`. As a column its element is a column type, in regions a storage type.";
  let parameters = (ins "::mlir::Type":$element);
  let assemblyFormat = "`<` custom<ColumnType>($element) `>`";
  let genVerifyDecl = 1;
  let builders = [TypeBuilderWithInferredContext<(ins "::mlir::Type":$element), [{
    return $_get(element.getContext(), element);
  }]>];
}
def Stream_ListType : Stream_Type<"List", "list"> {
  let summary = "an immutable list";
  let description = [{
    `!stream.list<i64>` or `!stream.list<{sku: string, "price.amount": f64}>`: elements are rows of leaf columns. A
    scalar element is a row of one column with the empty name.
  }];
  let parameters = (ins "::streamc::ir::stream::RowAttr":$element);
  let hasCustomAssemblyFormat = 1;
  let genVerifyDecl = 1;
  let builders = [TypeBuilderWithInferredContext<(ins "::streamc::ir::stream::RowAttr":$element), [{
    return $_get(element.getContext(), element);
  }]>];
}
def Stream_StreamType : Stream_Type<"Stream", "stream"> {
  let summary = "append-only rows";
  let description = "`!stream.stream<{mag: f64, place: string}>`";
  let parameters = (ins "::streamc::ir::stream::RowAttr":$row);
  let assemblyFormat = "`<` custom<Row>($row) `>`";
  let genVerifyDecl = 1;
  let builders = [TypeBuilderWithInferredContext<(ins "::streamc::ir::stream::RowAttr":$row), [{
    return $_get(row.getContext(), row);
  }]>];
}
def Stream_TableType : Stream_Type<"Table", "table"> {
  let summary = "one row for each key, with upserts and deletes";
  let description = "`!stream.table<{region: string, n: i64}, key [\"region\"]>`";
  let parameters = (ins "::streamc::ir::stream::RowAttr":$row, "::mlir::ArrayAttr":$key);
  let assemblyFormat = "`<` custom<Row>($row) `,` `key` $key `>`";
  let genVerifyDecl = 1;
}

def Stream_Rows : AnyTypeOf<[Stream_StreamType, Stream_TableType], "stream or table">;
def Stream_Value : Type<CPred<"::streamc::ir::stream::isStorageType($_self)">, "value of a storage type">;
def Stream_Scalar : AnyTypeOf<[AnySignlessInteger, F32, F64]>;

//===- Attributes -------------------------------------------------------------------------------------------------===//

def Stream_TumbleAttr : Stream_Attr<"Tumble", "tumble"> {
  let summary = "a tumbling window in event time";
  let parameters = (ins "int64_t":$size_us, "int64_t":$offset_us);
  let assemblyFormat = "`<` struct(params) `>`";
  let genVerifyDecl = 1;
}

def Stream_ProjectedAttr : Stream_Attr<"Projected", "projected"> {
  let summary = "one output column of a project: kept from the input, or computed by the region";
  let description = [{
    `#stream.projected<place = keep properties.place>` or `#stream.projected<region = yield 0>`. `source` is the input
    column's name, null when computed; `index` the position in the yield, -1 when kept.
  }];
  let parameters = (ins "::mlir::StringAttr":$name, OptionalParameter<"::mlir::StringAttr">:$source, "int64_t":$index);
  let hasCustomAssemblyFormat = 1;
  let genVerifyDecl = 1;
  let extraClassDeclaration = [{
    static ProjectedAttr kept(::mlir::StringAttr name, ::mlir::StringAttr source);
    static ProjectedAttr computed(::mlir::StringAttr name, int64_t index);
    bool isKept() const { return static_cast<bool>(getSource()); }
  }];
}
def Stream_ProjectedArrayAttr : TypedArrayAttrBase<Stream_ProjectedAttr, "projected columns">;

def Stream_AggregateAttr : Stream_Attr<"Aggregate", "aggregate"> {
  let summary = "one aggregate of an aggregate step";
  let description = [{
    `#stream.aggregate<mean = avg(0 : f64)>`: a name, a function, and the position of its argument in the yield with its
    column type. `where` marks a conditional aggregate: its argument is an `!stream.opt` of that type, and where that is
    none the row does not count. The argument of a conditional `count` is its condition, an `i1`.
  }];
  let parameters = (ins "::mlir::StringAttr":$name, "::streamc::ir::stream::AggregateFunction":$function,
                    "int64_t":$arg, OptionalParameter<"::mlir::Type">:$arg_type, "bool":$conditional);
  let hasCustomAssemblyFormat = 1;
  let genVerifyDecl = 1;
  let extraClassDeclaration = [{
    // `count()`, which has no argument, position -1 and no type.
    static AggregateAttr count(::mlir::StringAttr name);
    bool hasArg() const { return getArg() >= 0; }
  }];
}
def Stream_AggregateArrayAttr : TypedArrayAttrBase<Stream_AggregateAttr, "aggregates">;

def Stream_ParamAttr : Stream_Attr<"Param", "param"> {
  let summary = "a parameter of the job";
  let description = [{
    `#stream.param<"since", duration env "SINCE" default 3600000000 : i64>`. Its value comes from the command line, then
    the environment, then the default; without a default it is required.
  }];
  let parameters = (ins "::mlir::StringAttr":$name, "::mlir::Type":$type, OptionalParameter<"::mlir::StringAttr">:$env,
                    OptionalParameter<"::mlir::Attribute">:$default_value);
  let assemblyFormat = [{
    `<` $name `,` custom<ColumnType>($type) (`env` $env^)? (`default` $default_value^)? `>`
  }];
  let genVerifyDecl = 1;
}

def Stream_ParamRefAttr : Stream_Attr<"ParamRef", "param_ref"> {
  let summary = "value of a connector option: the parameter of that slot";
  let parameters = (ins "int64_t":$slot);
  let assemblyFormat = "`<` $slot `>`";
}
def Stream_ChoiceAttr : Stream_Attr<"Choice", "choice"> {
  let summary = "holds when the parameter of that slot, of an enum type, has that symbol";
  let parameters = (ins "int64_t":$slot, "::mlir::StringAttr":$symbol);
  let assemblyFormat = "`<` $slot $symbol `>`";
}
def Stream_EnvAttr : Stream_Attr<"Env", "env"> {
  let summary = "value of a connector option: an environment variable, with a default or required";
  let parameters = (ins "::mlir::StringAttr":$name, OptionalParameter<"::mlir::Attribute">:$default_value);
  let assemblyFormat = "`<` $name (`default` $default_value^)? `>`";
}
def Stream_ConcatAttr : Stream_Attr<"Concat", "concat"> {
  let summary = "value of a connector option: texts joined";
  let parameters = (ins "::mlir::ArrayAttr":$parts);
  let assemblyFormat = "`<` $parts `>`";
}

#endif
