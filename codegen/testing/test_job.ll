; A job written by hand: keeps the even numbers of its input and halves them.
target triple = "x86_64-unknown-linux-gnu"

%image = type { i32, i32, ptr, i64, ptr, i64 }

@manifest = private constant [3 x i8] c"{}\00"
@functions = private constant [1 x ptr] [ptr @process]
@stream_job_image = constant %image { i32 1296123218, i32 2, ptr @manifest, i64 2, ptr @functions, i64 1 }

declare i32 @stream_core_rows(ptr)
declare ptr @stream_core_column(ptr, i32)
declare ptr @stream_core_route(ptr, i32, i64)
declare i32 @stream_core_claim(ptr)

define internal void @process(ptr %task, ptr %batch) {
entry:
  %rows = call i32 @stream_core_rows(ptr %batch)
  %in = call ptr @stream_core_column(ptr %batch, i32 0)
  br label %head
head:
  %row = phi i32 [ 0, %entry ], [ %next, %tail ]
  %done = icmp uge i32 %row, %rows
  br i1 %done, label %exit, label %body
body:
  %slot = getelementptr inbounds i64, ptr %in, i32 %row
  %value = load i64, ptr %slot
  %bit = and i64 %value, 1
  %odd = icmp ne i64 %bit, 0
  br i1 %odd, label %tail, label %keep
keep:
  %half = lshr i64 %value, 1
  %target = call ptr @stream_core_route(ptr %task, i32 0, i64 0)
  %at = call i32 @stream_core_claim(ptr %target)
  %out = call ptr @stream_core_column(ptr %target, i32 0)
  %out.slot = getelementptr inbounds i64, ptr %out, i32 %at
  store i64 %half, ptr %out.slot
  br label %tail
tail:
  %next = add i32 %row, 1
  br label %head
exit:
  ret void
}
