// The manifests of the Prometheus operator.
module gitops-controller/test/deploy/monitoring

go 1.26.0

require github.com/prometheus-operator/prometheus-operator v0.92.0
