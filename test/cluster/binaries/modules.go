// Package binaries pins what the tests run against. The import keeps the
// module whose CustomResourceDefinitions the tests install in go.mod.
package binaries

import _ "github.com/kubernetes-csi/external-snapshotter/client/v8/apis/volumesnapshot/v1"
