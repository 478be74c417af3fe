-- 100,000 runs with 5 metrics, 3 parameters and 3 tags each, in MLflow's own tables: 49,000 in one experiment, 100
-- experiments of 500 and 20 of 50. The value of a metric is a hash of the run, so that every load is the same.
INSERT INTO experiments (experiment_id, name, artifact_location, lifecycle_stage)
SELECT n, 'load/' || n, 'mlflow-artifacts:/' || n, 'active' FROM generate_series(100000, 100120) n;

CREATE UNLOGGED TABLE load AS
SELECT n, md5('load' || n) AS id, 1800000000000 + n * 1000 AS started,
  CASE WHEN n < 49000 THEN 100000 WHEN n < 99000 THEN 100001 + (n - 49000) / 500 ELSE 100101 + (n - 99000) / 50 END AS place,
  CASE n % 20 WHEN 7 THEN 'FAILED' WHEN 13 THEN 'RUNNING' ELSE 'FINISHED' END AS status
FROM generate_series(0, 99999) n;

INSERT INTO runs (run_uuid, name, source_type, source_name, entry_point_name, user_id, status, start_time, end_time,
  source_version, lifecycle_stage, artifact_uri, experiment_id)
SELECT id, 'trial-' || n, 'UNKNOWN', '', '', 'load', status, started,
  CASE WHEN status <> 'RUNNING' THEN started + 30000 END, '', 'active', 'mlflow-artifacts:/' || place || '/' || id, place
FROM load;

INSERT INTO latest_metrics (run_uuid, key, value, timestamp, step, is_nan)
SELECT id, key, CASE WHEN nan THEN 0 ELSE (hashtext(id || key) & 2147483647) / 2147483648.0 END, started + 20000, 3, nan
FROM load, unnest(ARRAY['loss', 'accuracy', 'recall', 'seconds', 'bytes']) key,
  LATERAL (SELECT hashtext(key || id) % 97 = 0 AS nan) x;

INSERT INTO metrics (run_uuid, key, value, timestamp, step, is_nan)
SELECT run_uuid, key, value, timestamp, step, is_nan FROM latest_metrics WHERE run_uuid IN (SELECT id FROM load);

INSERT INTO params (run_uuid, key, value)
SELECT id, key, (hashtext(id || key) % 1000)::text FROM load, unnest(ARRAY['rate', 'depth', 'width']) key;

INSERT INTO tags (run_uuid, key, value)
SELECT id, key, CASE key WHEN 'mlflow.runName' THEN 'trial-' || n WHEN 'mlflow.user' THEN 'load' ELSE place::text END
FROM load, unnest(ARRAY['mlflow.runName', 'mlflow.user', 'load.sweep']) key;

DROP TABLE load;
VACUUM ANALYZE;
