"""Trains a support-vector classifier on scikit-learn's digits: plain MLflow code.

Hyperparameters arrive as environment variables, so the same file runs by hand:

    C=1.0 gamma=0.001 kernel=rbf python train.py
"""

import os
import time

import mlflow
from mlflow.models import infer_signature
from sklearn.datasets import load_digits
from sklearn.metrics import accuracy_score
from sklearn.model_selection import train_test_split
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.svm import SVC

params = {
    "C": float(os.environ.get("C", "1.0")),
    "gamma": float(os.environ.get("gamma", "0.01")),
    "kernel": os.environ.get("kernel", "rbf"),
    "degree": int(os.environ.get("degree") or 3),
}

digits = load_digits()
x_train, x_val, y_train, y_val = train_test_split(
    digits.data, digits.target, test_size=0.3, random_state=0, stratify=digits.target
)

with mlflow.start_run() as run:
    mlflow.log_params(params)
    model = make_pipeline(StandardScaler(), SVC(**params))
    started = time.monotonic()
    model.fit(x_train, y_train)
    mlflow.log_metric("fit_seconds", time.monotonic() - started)
    mlflow.log_metric("support_vectors", int(model[-1].n_support_.sum()))
    accuracy = accuracy_score(y_val, model.predict(x_val))
    mlflow.log_metric("val_accuracy", accuracy)
    info = mlflow.sklearn.log_model(
        model,
        name="model",
        signature=infer_signature(x_val[:5], model.predict(x_val[:5])),
        pip_requirements=["mlflow", "scikit-learn"],
        serialization_format="cloudpickle",
    )
    print(f"run {run.info.run_id}: val_accuracy {accuracy:.4f} with {params}")

    name, alias = os.environ.get("REGISTER_MODEL"), os.environ.get("REGISTER_ALIAS")
    if name:
        version = mlflow.register_model(info.model_uri, name)
        if alias:
            mlflow.MlflowClient().set_registered_model_alias(name, alias, version.version)
