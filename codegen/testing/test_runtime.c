// The stand-in's archive: a main that runs function 0 of the job over the numbers 0..9 and prints what it writes.
#include <stdio.h>

#include "codegen/testing/test_batch.h"
#include "runtime-lib/abi/job_image.h"

extern const StreamJobImage stream_job_image;

int main(void) {
  if (stream_job_image.magic != STREAM_JOB_MAGIC || stream_job_image.abi != STREAM_ABI) return 70;
  int64_t in_values[10], out_values[10];
  for (int i = 0; i < 10; ++i) in_values[i] = i;
  struct StreamBatch in = {10, {in_values}}, out = {0, {out_values}};
  struct StreamTask task = {&out};
  ((StreamProcessFn)stream_job_image.functions[0])((StreamTask*)&task, (StreamBatch*)&in);
  for (uint32_t i = 0; i < out.rows; ++i) printf("%ld\n", (long)out_values[i]);
  return 0;
}
