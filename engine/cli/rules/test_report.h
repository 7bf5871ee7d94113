/* test_report.h - what `embudo test` found, for people, for programs, for test harnesses. */
#ifndef EMBUDO_CLI_TEST_REPORT_H
#define EMBUDO_CLI_TEST_REPORT_H

#include "cli/directory.h"
#include "core/spec/spec.h"

void test_text(const struct directory *directory, const struct spec_report *report, struct buf *out);

/* The rules may not have loaded: their problems are part of it. NULL coverage: it was not asked for. */
void test_json(const struct directory *directory, const struct spec_report *report,
               const struct coverage *coverage, struct buf *out);

/* TAP version 14 (https://testanything.org): each test a point, what failed in a YAML block. */
void test_tap(const struct directory *directory, const struct spec_report *report, struct buf *out);

/* As a table: a line for each declaration, and below it what no test has seen. */
void test_coverage_text(const struct directory *directory, const struct coverage *coverage, struct buf *out);
void test_coverage_json(const struct coverage *coverage, struct json_writer *writer);

#endif
