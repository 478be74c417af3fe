"""usage: search-runs.py MLFLOW-URI: reads lines of "METRIC EXPERIMENT" and answers each with MLflow's own best run, its
value and the milliseconds that mlflow.search_runs took, as a line of JSON."""
import json
import sys
import time

import mlflow

mlflow.set_tracking_uri(sys.argv[1])
for line in sys.stdin:
    metric, experiment = line.split()
    start = time.perf_counter()
    runs = mlflow.search_runs(
        [experiment], filter_string="attributes.status = 'FINISHED'", order_by=[f"metrics.{metric} ASC"], max_results=1,
        output_format="list")
    taken = (time.perf_counter() - start) * 1000
    print(json.dumps({
        "run": runs[0].info.run_id, "value": runs[0].data.metrics[metric], "milliseconds": taken}), flush=True)
