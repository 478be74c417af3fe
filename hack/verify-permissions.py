"""Compares the rights that the operator's code asks for with the roles in config/rbac: no more, and no less.

Standard input is what `martlet permissions` prints.
"""
import pathlib
import sys

import yaml

root = pathlib.Path(__file__).resolve().parent.parent


def grants(role):
    return {
        (group, resource, verb) for rule in role["rules"] for group in rule["apiGroups"]
        for resource in rule["resources"] for verb in rule["verbs"]}


def load(name):
    return grants(yaml.safe_load((root / "config" / "rbac" / name).read_text()))


asked = grants(yaml.safe_load(sys.stdin))
granted = load("role.yaml") | load("leader_election_role.yaml")
problems = [f"the operator asks for {' '.join(g)}, which config/rbac does not grant" for g in sorted(asked - granted)]
problems += [f"config/rbac grants {' '.join(g)}, which the operator does not ask for" for g in sorted(granted - asked)]
# A lease is the operator's own: it must not reach into other namespaces.
problems += [f"role.yaml grants {' '.join(g)} in all namespaces" for g in sorted(load("role.yaml")) if g[1] == "leases"]
print("\n".join(problems) if problems else f"the operator's {len(asked)} rights are those of config/rbac")
sys.exit(1 if problems else 0)
