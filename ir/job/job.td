// Everything of the `job` dialect: what mlir-tblgen is run on.
#ifndef STREAMC_IR_JOB_ALL
#define STREAMC_IR_JOB_ALL

include "ir/job/job_ops.td"

#endif
