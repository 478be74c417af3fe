#!/usr/bin/env python3
"""Records what other implementations make of fixed data, for Tests/SearchTests to compare with: the state of CMA-ES
after some generations, a Gaussian process with given hyperparameters, and where Optuna's successive halving stops.

    pip install 'optuna==5.0.*' cmaes scipy && hack/record-sampler-goldens.py > Tests/SearchTests/Fixtures/samplers.json

Optuna's process needs torch, so its definition (optuna/_gp/gp.py: Matern 5/2 over distances that are weighted with inverse
squared length-scales, noise on the diagonal; optuna/_gp/acqf.py: logarithm of the expected improvement) is written out
here with NumPy and, where Doubles would not do, with the integral's closed form in 60 digits.
"""
import json
import sys

import cmaes
import mpmath
import numpy as np


def adaptation(dimension, generations, seed):
    rng = np.random.RandomState(seed)
    target = rng.uniform(0.2, 0.8, dimension)
    optimizer = cmaes.CMA(mean=np.full(dimension, 0.5), sigma=1 / 6, seed=seed)
    out = []
    for _ in range(generations):
        solutions = []
        for _ in range(optimizer.population_size):
            x = optimizer.mean + optimizer._sigma * rng.randn(dimension) * 0.9
            loss = float((((x - target) * np.arange(1, dimension + 1)) ** 2).sum())
            solutions.append((x, loss))
        # What `ask` would do: the eigenvectors are worked out and negative eigenvalues cut off.
        optimizer._eigen_decomposition()
        optimizer.tell(solutions)
        out.append({
            "solutions": [{"x": x.tolist(), "loss": loss} for x, loss in solutions],
            "mean": optimizer.mean.tolist(), "sigma": float(optimizer._sigma), "covariance": optimizer._C.tolist(),
            "sigmaPath": optimizer._p_sigma.tolist(), "path": optimizer._pc.tolist(),
        })
    return {"dimension": dimension, "population": optimizer.population_size, "weights": optimizer._weights.tolist(),
            "generations": out}


def process():
    rng = np.random.RandomState(3)
    x = rng.uniform(0, 1, (12, 3))
    x[:, 2] = rng.randint(0, 3, 12)  # a parameter whose values have no order
    y = np.sin(5 * x[:, 0]) + x[:, 1] ** 2 - 0.3 * (x[:, 2] == 1)
    y = (y - y.mean()) / y.std()
    inverse, scale, noise = np.array([3.7, 0.8, 1.9]), 1.3, 2.5e-3
    queries = rng.uniform(0, 1, (6, 3))
    queries[:, 2] = [0, 1, 2, 0, 1, 2]

    def kernel(a, b):
        d = (a[:, None, :] - b[None, :, :]) ** 2
        d[:, :, 2] = a[:, None, 2] != b[None, :, 2]
        squared = (d * inverse).sum(-1)
        root = np.sqrt(5 * squared)
        return scale * (1 + root + 5 / 3 * squared) * np.exp(-root)

    matrix = kernel(x, x) + noise * np.eye(12)
    across = kernel(queries, x)
    mean = across @ np.linalg.solve(matrix, y)
    variance = scale - np.einsum("ij,ji->i", across, np.linalg.solve(matrix, across.T))
    sign, logdet = np.linalg.slogdet(matrix)
    likelihood = -0.5 * (y @ np.linalg.solve(matrix, y) + logdet + 12 * np.log(2 * np.pi))
    prior = -(0.1 / inverse + 0.1 * inverse).sum() + np.log(scale) - scale + 0.1 * np.log(noise) - 30 * noise
    best = float(y.min())
    return {
        "x": x.tolist(), "y": y.tolist(), "inverseSquaredLengths": inverse.tolist(), "scale": scale, "noise": noise,
        "queries": queries.tolist(), "means": mean.tolist(), "variances": variance.tolist(), "best": best,
        "logPosterior": float(likelihood + prior),
        "improvements": [improvement(float(m), float(v), best) for m, v in zip(mean, variance)],
    }


def improvement(mean, variance, best):
    mpmath.mp.dps = 60
    deviation = mpmath.sqrt(mpmath.mpf(variance))
    z = (mpmath.mpf(best) - mpmath.mpf(mean)) / deviation
    return float(mpmath.log(standard(z)) + mpmath.log(deviation))


def standard(z):
    return mpmath.npdf(z) + z * mpmath.ncdf(z)


def halving(minimum, factor):
    import optuna

    optuna.logging.set_verbosity(optuna.logging.ERROR)
    rng = np.random.RandomState(7)
    study = optuna.create_study(
        sampler=optuna.samplers.RandomSampler(seed=0),
        pruner=optuna.pruners.SuccessiveHalvingPruner(min_resource=minimum, reduction_factor=factor))
    curves, stops = [], []
    for number in range(40):
        end, speed = rng.uniform(), rng.uniform(0.2, 1)
        values = [round(end + (1 - end) / (1 + speed * step) + rng.uniform(-0.03, 0.03), 6) for step in range(1, 28)]
        if number % 9 == 4:
            values[rng.randint(2, 20)] = float("nan")
        trial = study.ask()
        stopped = None
        for step, value in enumerate(values, 1):
            trial.report(value, step)
            if trial.should_prune():
                stopped = step
                break
        if stopped:
            study.tell(trial, state=optuna.trial.TrialState.PRUNED)
        else:
            study.tell(trial, values[-1] if values[-1] == values[-1] else 9.0)
        curves.append([None if v != v else v for v in values])
        stops.append(stopped)
    return {"minSteps": minimum, "reductionFactor": factor, "curves": curves, "stops": stops}


def main():
    mpmath.mp.dps = 2000
    zs = [-1000.0, -200.0, -40.0, -25.5, -25.0, -24.5, -10.0, -3.0, -1.0, 0.0, 0.5, 3.0, 12.0]
    standards = [{"z": z, "log": float(mpmath.log(standard(mpmath.mpf(z))))} for z in zs]
    json.dump({
        "adaptation": [adaptation(2, 6, 1), adaptation(5, 8, 2), adaptation(9, 4, 3)], "process": process(),
        "standard": standards, "halving": [halving(1, 3), halving(2, 2), halving(3, 4)],
    }, sys.stdout)


main()
