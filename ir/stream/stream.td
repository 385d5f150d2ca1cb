// Everything of the `stream` dialect: what mlir-tblgen is run on.
#ifndef STREAMC_IR_STREAM_ALL
#define STREAMC_IR_STREAM_ALL

include "ir/stream/stream_row_ops.td"

#endif
