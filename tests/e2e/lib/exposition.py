#!/usr/bin/python3
"""Judges a metrics page on standard input with prometheus_client's parsers: exposition.py classic|openmetrics.

The classic parser is lenient, the OpenMetrics one strict, and neither minds a repeated series or, the classic one,
histograms that make no sense: those are looked for here. Prints {"SAMPLE{label="value",...}": number, ...}.
"""
import json
import sys

from prometheus_client import parser
from prometheus_client.openmetrics import parser as strict


def name_of(sample):
    labels = ",".join(f"{key}={json.dumps(value)}" for key, value in sorted(sample.labels.items()))
    return f"{sample.name}{{{labels}}}" if labels else sample.name


def check_histogram(family):
    """Buckets never fall, the last is +Inf and equals _count."""
    buckets, counts = {}, {}
    for sample in family.samples:
        labels = {key: value for key, value in sample.labels.items() if key != "le"}
        series = json.dumps(labels, sort_keys=True)
        if sample.name.endswith("_bucket"):
            buckets.setdefault(series, []).append((float(sample.labels["le"]), sample.value))
        elif sample.name.endswith("_count"):
            counts[series] = sample.value
    for series, steps in buckets.items():
        bounds, values = zip(*steps)
        assert list(bounds) == sorted(set(bounds)), f"{family.name}{series}: bounds {bounds}"
        assert list(values) == sorted(values), f"{family.name}{series}: buckets fall {values}"
        assert bounds[-1] == float("inf") and values[-1] == counts[series], f"{family.name}{series}: +Inf"


def check_family(family):
    assert family.documentation, f"{family.name} has no HELP"
    assert family.type != "unknown", f"{family.name} has no TYPE"
    if family.type == "histogram":
        check_histogram(family)


def main():
    parse = {"classic": parser, "openmetrics": strict}[sys.argv[1]].text_string_to_metric_families
    seen, families = {}, set()
    for family in parse(sys.stdin.read()):
        assert family.name not in families, f"{family.name} is there twice"
        families.add(family.name)
        check_family(family)
        for sample in family.samples:
            name = name_of(sample)
            assert name not in seen, f"{name} is there twice"
            seen[name] = sample.value
    assert seen, "the page is empty"
    json.dump(seen, sys.stdout)


main()
