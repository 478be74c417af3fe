/// How requests from outside the cluster reach models: what the kinds that serve have in common.
public enum Routing {}
