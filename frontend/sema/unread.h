// Nodes from which no sink is reached are no part of the job: they are not computed, demand nothing and reject nothing,
// and a reader of `.late` or `.errors` among them is none. Called by Graph::finish before anything is derived from the
// graph, so that no later phase has to find out what is used, and none can come to another answer.
//
// A node is used when a sink lies behind it, when a used node reads its late rows, or when a used node reads the errors
// of the stream that it belongs to: an `assert` of which only the errors are read does its work. The job's `errors:`
// uses nothing. A program without any sink is a library or a draft, and stays whole.
#pragma once

#include "frontend/sema/context.h"
#include "frontend/sema/program.h"

namespace streamc::sema {

// Removes them; reports the last ones (W0441) if `warns`.
void leaveOutUnread(Program& program, Context& context, bool warns);

}  // namespace streamc::sema
