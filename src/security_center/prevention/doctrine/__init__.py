"""What the plan chooses from: the doctrine of threat assessment as data, below every room that works by the plan."""
