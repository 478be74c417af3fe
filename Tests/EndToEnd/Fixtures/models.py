"""Logs models that always predict their own names, one that raises instead, one that needs a package that there is not, and
a run without a model; prints their runs as a JSON object."""
import json

import mlflow

mlflow.set_experiment("end-to-end models")


class Constant(mlflow.pyfunc.PythonModel):
    def __init__(self, name):
        self.name = name

    def predict(self, context, model_input, params=None):
        return [self.name] * len(model_input)


class Raising(Constant):
    def predict(self, context, model_input, params=None):
        raise ValueError("this model never works")


class Needy(Constant):
    def load_context(self, context):
        import nowhere_to_be_found  # noqa: F401


runs = {}
models = {
    "one": Constant("one"), "two": Constant("two"), "raising": Raising("raising"), "needy": Needy("needy"), "empty": None,
}
for name, model in models.items():
    with mlflow.start_run(run_name=name) as run:
        if model:
            mlflow.pyfunc.log_model(name="model", python_model=model, pip_requirements=["mlflow"])
        runs[name] = run.info.run_id
print(json.dumps(runs))
