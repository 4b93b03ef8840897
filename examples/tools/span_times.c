/* A tool for Basalt that prints, when the process exits, how often each kind of span ran and how long it took.
 *
 *   cc -shared -fPIC -O2 -I include examples/tools/span_times.c -o span_times.so -lpthread
 *   BASALT_TOOL=./span_times.so basalt run examples/ghz_20.qasm
 */
#include <basalt/tool.h>
#include <pthread.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

enum { kMostNames = 64, kMostDepth = 64 };

struct Total {
  char name[64];
  uint64_t count;
  double seconds;
};

/* Spans of a thread nest: the one that ends is the one that began last. */
struct Open {
  struct Total* total;
  double start;
};

static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
static struct Total totals[kMostNames];
static _Thread_local struct Open stack[kMostDepth];
static _Thread_local int depth;

static double now_seconds(void) {
  struct timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return (double)time.tv_sec + 1e-9 * (double)time.tv_nsec;
}

/* The total of this name; NULL when there are too many names. Called with the mutex held. */
static struct Total* find_total(const char* name) {
  for (int i = 0; i < kMostNames; ++i) {
    if (totals[i].name[0] == '\0') {
      strncpy(totals[i].name, name, sizeof(totals[i].name) - 1);
    }
    if (strncmp(totals[i].name, name, sizeof(totals[i].name) - 1) == 0) {
      return &totals[i];
    }
  }
  return NULL;
}

uint32_t basalt_tool_version(void) {
  return BASALT_TOOL_VERSION;
}

void basalt_tool_begin_span(uint64_t id, const char* name, const char* detail, uint64_t bytes) {
  (void)id;
  (void)detail;
  (void)bytes;
  if (depth < kMostDepth) {
    pthread_mutex_lock(&mutex);
    stack[depth].total = find_total(name);
    pthread_mutex_unlock(&mutex);
    stack[depth].start = now_seconds();
  }
  ++depth;
}

void basalt_tool_end_span(uint64_t id) {
  const double end = now_seconds();
  (void)id;
  --depth;
  if (depth < kMostDepth && stack[depth].total != NULL) {
    pthread_mutex_lock(&mutex);
    stack[depth].total->count += 1;
    stack[depth].total->seconds += end - stack[depth].start;
    pthread_mutex_unlock(&mutex);
  }
}

void basalt_tool_finalize(void) {
  pthread_mutex_lock(&mutex);
  fprintf(stderr, "%-12s %10s %12s %12s\n", "span", "count", "seconds", "each");
  for (int i = 0; i < kMostNames && totals[i].count != 0; ++i) {
    fprintf(stderr, "%-12s %10llu %12.6f %12.9f\n", totals[i].name, (unsigned long long)totals[i].count,
            totals[i].seconds, totals[i].seconds / (double)totals[i].count);
  }
  pthread_mutex_unlock(&mutex);
}
