"""The published rule's algorithm, timed inside Python: two lists as JSON on standard input, seconds per diff on standard output."""
import json
import sys
import time

data = json.load(sys.stdin)
required, actual = data["required"], data["actual"]


def diff():
    return (
        [p for p in required if p not in actual],
        [p for p in actual if p not in required],
    )


samples = []
for _ in range(data["rounds"]):
    start = time.perf_counter()
    for _ in range(data["repeats"]):
        authorize, revoke = diff()
    samples.append((time.perf_counter() - start) / data["repeats"])
samples.sort()
print(json.dumps({"seconds": samples[len(samples) // 2], "authorize": len(authorize), "revoke": len(revoke), "version": sys.version.split()[0]}))
