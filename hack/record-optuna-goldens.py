#!/usr/bin/env python3
"""Records what Optuna 5.0's TPE makes of fixed histories, for Tests/SearchTests to compare with.

    pip install 'optuna==5.0.*' && hack/record-optuna-goldens.py > Tests/SearchTests/Fixtures/optuna-5.0.json

Histories are drawn with a fixed seed. Where observations are equal, NumPy's default sort gives out bandwidths in an
order that differs from one processor to another, so a stable sort stands in for it here.
"""
import json
import math
import random
import warnings

import numpy as np
import optuna
from optuna.distributions import CategoricalDistribution as Cat
from optuna.distributions import FloatDistribution as Float
from optuna.distributions import IntDistribution as Int
from optuna.samplers._tpe import _truncnorm, parzen_estimator
from optuna.samplers._tpe.sampler import TPESampler, _split_trials, default_gamma
from optuna.trial import TrialState, create_trial

warnings.simplefilter("ignore")
optuna.logging.set_verbosity(optuna.logging.ERROR)


class StableSort:
    def __getattr__(self, name):
        return getattr(np, name)

    @staticmethod
    def argsort(values, **_):
        return np.argsort(values, kind="stable")


parzen_estimator.np = StableSort()

SPACES = {
    "numbers": {"x": Float(-5, 10), "lr": Float(1e-5, 0.1, log=True)},
    "mixed": {
        "act": Cat(["relu", "tanh", "gelu", "none"]),
        "drop": Float(0.0, 0.5, step=0.125),
        "lr": Float(1e-5, 0.1, log=True),
        "layers": Int(1, 9, step=2),
        "units": Int(1, 512, log=True),
        "x": Float(0, 1),
    },
    "conditional": {"k": Cat(["a", "b"]), "x": Float(-5, 5), "lr": Float(1e-4, 1, log=True), "n": Int(1, 8)},
}
CONDITIONS = {"conditional": {"x": ["k", "a"], "lr": ["k", "b"], "n": ["k", "b"]}}


def active(space, name, params):
    parent = CONDITIONS.get(space, {}).get(name)
    return parent is None or params[parent[0]] == parent[1]


def draw(space, rng):
    params = {}
    for name, d in SPACES[space].items():
        if not active(space, name, params):
            continue
        if isinstance(d, Cat):
            params[name] = rng.choice(d.choices)
        elif isinstance(d, Int):
            low, high = (math.log(d.low), math.log(d.high)) if d.log else (d.low, d.high)
            v = rng.uniform(low, high)
            v = math.exp(v) if d.log else v
            params[name] = int(d.low + round((v - d.low) / d.step) * d.step)
        elif d.step is not None:
            params[name] = d.low + round(rng.uniform(d.low, d.high) / d.step) * d.step
        else:
            low, high = (math.log(d.low), math.log(d.high)) if d.log else (d.low, d.high)
            v = rng.uniform(low, high)
            params[name] = math.exp(v) if d.log else v
    return params


def text(value):
    return value if isinstance(value, str) else repr(value)


def domain(d):
    if isinstance(d, Cat):
        return {"choices": list(d.choices)}
    kind = "int" if isinstance(d, Int) else "double"
    return {kind: {"low": d.low, "high": d.high, "step": d.step, "log": d.log}}


def record(name, space, direction, count, seed, kinds=("completed",)):
    rng = random.Random(seed)
    study = optuna.create_study(direction=direction)
    trials = []
    for number in range(count):
        params = draw(space, rng)
        dists = {k: SPACES[space][k] for k in params}
        kind = rng.choice(kinds)
        value = round(rng.gauss(0, 1), 3)
        row = {"number": number, "parameters": {k: text(v) for k, v in params.items()}, "kind": kind}
        if kind == "completed":
            row["value"] = value
            trial = create_trial(params=params, distributions=dists, value=value)
        elif kind == "infeasible":
            row |= {"kind": "completed", "value": value, "violation": round(rng.uniform(0.1, 2), 3)}
            trial = create_trial(params=params, distributions=dists, value=value, constraints={"c": row["violation"]})
        elif kind == "stopped":
            row |= {"step": rng.randint(1, 4), "value": value}
            trial = create_trial(
                params=params, distributions=dists, state=TrialState.PRUNED, intermediate_values={row["step"]: value}
            )
        else:
            trial = create_trial(params=params, distributions=dists, state=TrialState.RUNNING)
        study.add_trial(trial)
        trials.append(row)

    sampler = TPESampler(seed=seed, multivariate=True, group=True, constant_liar=True)
    stored = study.get_trials(deepcopy=False)
    finished = sum(t.state != TrialState.RUNNING for t in stored)
    below, above = _split_trials(study, stored, default_gamma(finished))
    sampler.infer_relative_search_space(study, stored[-1])
    groups = []
    for sub in sampler._search_space_group.search_spaces:
        dists = dict(sorted(sub.items()))
        l = sampler._build_parzen_estimator(study, dists, below, handle_below=True)
        g = sampler._build_parzen_estimator(study, dists, above, handle_below=False)
        points = []
        while len(points) < 8:
            p = draw(space, rng)
            if dists.keys() <= p.keys():
                points.append({k: p[k] for k in dists})
        for edge in ("low", "high"):
            points.append({k: d.choices[0] if isinstance(d, Cat) else getattr(d, edge) for k, d in dists.items()})
        samples = {k: np.array([d.to_internal_repr(p[k]) for p in points], dtype=float) for k, d in dists.items()}
        groups.append(
            {
                "parameters": list(dists),
                "points": [[text(v) for v in p.values()] for p in points],
                "better": l.log_pdf(samples).tolist(),
                "worse": g.log_pdf(samples).tolist(),
            }
        )
    return {
        "name": name,
        "direction": direction,
        "space": [
            {"name": k, "when": CONDITIONS.get(space, {}).get(k), **domain(d)} for k, d in SPACES[space].items()
        ],
        "trials": trials,
        "better": [t.number for t in below],
        "worse": [t.number for t in above],
        "groups": groups,
    }


def gaussian():
    rng = random.Random(1)
    rows = []
    for _ in range(60):
        a = rng.uniform(-40, 30)
        b = a + rng.choice([0.5, 2, 10, 60]) * rng.random() + 0.01
        q = rng.random()
        mass = float(_truncnorm._log_gauss_mass(np.array([a]), np.array([b]))[0])
        quantile = float(_truncnorm.ppf(np.array([q]), np.array([a]), np.array([b]))[0])
        rows.append({"a": a, "b": b, "q": q, "logMass": mass, "quantile": quantile})
    return rows


cases = [
    record("few numbers", "numbers", "minimize", 12, 1),
    record("many numbers", "numbers", "maximize", 90, 2),
    record("every kind of parameter", "mixed", "minimize", 70, 3),
    record("every kind of trial", "mixed", "maximize", 80, 4, ("completed", "stopped", "infeasible", "pending")),
    record("stopped and pending", "numbers", "minimize", 40, 5, ("completed", "stopped", "pending")),
    record("hardly any feasible", "numbers", "minimize", 30, 6, ("infeasible",) * 12 + ("completed", "stopped")),
    record("conditional parameters", "conditional", "minimize", 60, 7, ("completed", "pending")),
    record("exactly 26 of the worse", "numbers", "minimize", 29, 8),
]
print(json.dumps({"optuna": optuna.__version__, "cases": cases, "gaussian": gaussian()}, indent=None, separators=(",", ":")))
