// A CSI driver for tests: volumes and snapshots are directories. Everything is kept in one state folder, so that the
// drivers of two clusters that share it see the same storage, as with a cloud.
package main

import (
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"net"
	"os"
	"os/signal"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"time"

	"github.com/container-storage-interface/spec/lib/go/csi"
	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/encoding/protojson"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/known/timestamppb"
	"google.golang.org/protobuf/types/known/wrapperspb"
)

type driver struct {
	csi.UnimplementedIdentityServer
	csi.UnimplementedControllerServer
	name       string
	volumes    shelf
	snapshots  shelf
	topology   bool
	list       bool
	readyAfter time.Duration
	// One call at a time: the sidecars repeat a call that takes long while the first is still at it.
	one sync.Mutex
}

func (d *driver) GetPluginInfo(context.Context, *csi.GetPluginInfoRequest) (*csi.GetPluginInfoResponse, error) {
	return &csi.GetPluginInfoResponse{Name: d.name, VendorVersion: "1"}, nil
}

func (d *driver) GetPluginCapabilities(context.Context, *csi.GetPluginCapabilitiesRequest) (*csi.GetPluginCapabilitiesResponse, error) {
	services := []csi.PluginCapability_Service_Type{csi.PluginCapability_Service_CONTROLLER_SERVICE}
	if d.topology {
		services = append(services, csi.PluginCapability_Service_VOLUME_ACCESSIBILITY_CONSTRAINTS)
	}
	answer := &csi.GetPluginCapabilitiesResponse{}
	for _, it := range services {
		service := &csi.PluginCapability_Service{Type: it}
		answer.Capabilities = append(answer.Capabilities, &csi.PluginCapability{Type: &csi.PluginCapability_Service_{Service: service}})
	}
	return answer, nil
}

func (d *driver) Probe(context.Context, *csi.ProbeRequest) (*csi.ProbeResponse, error) {
	return &csi.ProbeResponse{Ready: wrapperspb.Bool(true)}, nil
}

func (d *driver) ControllerGetCapabilities(context.Context, *csi.ControllerGetCapabilitiesRequest) (*csi.ControllerGetCapabilitiesResponse, error) {
	able := []csi.ControllerServiceCapability_RPC_Type{
		csi.ControllerServiceCapability_RPC_CREATE_DELETE_VOLUME,
		csi.ControllerServiceCapability_RPC_CREATE_DELETE_SNAPSHOT,
	}
	if d.list {
		able = append(able, csi.ControllerServiceCapability_RPC_LIST_SNAPSHOTS)
	}
	answer := &csi.ControllerGetCapabilitiesResponse{}
	for _, it := range able {
		rpc := &csi.ControllerServiceCapability_RPC{Type: it}
		answer.Capabilities = append(answer.Capabilities, &csi.ControllerServiceCapability{Type: &csi.ControllerServiceCapability_Rpc{Rpc: rpc}})
	}
	return answer, nil
}

func (d *driver) CreateVolume(_ context.Context, asked *csi.CreateVolumeRequest) (*csi.CreateVolumeResponse, error) {
	from := asked.GetVolumeContentSource().GetSnapshot().GetSnapshotId()
	made := item{Id: "vol-" + asked.GetName(), Size: asked.GetCapacityRange().GetRequiredBytes(), Made: time.Now(), Of: from}
	if _, err := d.volumes.find(made.Id); err != nil {
		files := ""
		if from != "" {
			taken, err := d.snapshots.find(from)
			if err != nil {
				return nil, err
			}
			if made.Size < taken.Size {
				return nil, status.Errorf(codes.OutOfRange, "%d bytes asked, %s needs %d", made.Size, from, taken.Size)
			}
			files = d.snapshots.files(from)
		}
		if err := d.volumes.put(made, files); err != nil {
			return nil, err
		}
	}
	answer := &csi.Volume{VolumeId: made.Id, CapacityBytes: made.Size, ContentSource: asked.GetVolumeContentSource()}
	if preferred := asked.GetAccessibilityRequirements().GetPreferred(); len(preferred) > 0 {
		answer.AccessibleTopology = preferred[:1]
	}
	return &csi.CreateVolumeResponse{Volume: answer}, nil
}

func (d *driver) DeleteVolume(_ context.Context, asked *csi.DeleteVolumeRequest) (*csi.DeleteVolumeResponse, error) {
	return &csi.DeleteVolumeResponse{}, d.volumes.remove(asked.GetVolumeId())
}

func (d *driver) CreateSnapshot(_ context.Context, asked *csi.CreateSnapshotRequest) (*csi.CreateSnapshotResponse, error) {
	taken, err := d.snapshots.find("snap-" + asked.GetName())
	if err != nil {
		volume, err := d.volumes.find(asked.GetSourceVolumeId())
		if err != nil {
			return nil, err
		}
		taken = item{Id: "snap-" + asked.GetName(), Size: volume.Size, Made: time.Now(), Of: volume.Id}
		if err := d.snapshots.put(taken, d.volumes.files(volume.Id)); err != nil {
			return nil, err
		}
	}
	return &csi.CreateSnapshotResponse{Snapshot: d.told(taken)}, nil
}

func (d *driver) DeleteSnapshot(_ context.Context, asked *csi.DeleteSnapshotRequest) (*csi.DeleteSnapshotResponse, error) {
	return &csi.DeleteSnapshotResponse{}, d.snapshots.remove(asked.GetSnapshotId())
}

func (d *driver) ListSnapshots(_ context.Context, asked *csi.ListSnapshotsRequest) (*csi.ListSnapshotsResponse, error) {
	all, err := d.snapshots.all()
	answer := &csi.ListSnapshotsResponse{}
	for _, it := range all {
		if asked.GetSnapshotId() == "" || asked.GetSnapshotId() == it.Id {
			answer.Entries = append(answer.Entries, &csi.ListSnapshotsResponse_Entry{Snapshot: d.told(it)})
		}
	}
	return answer, err
}

func (d *driver) told(it item) *csi.Snapshot {
	return &csi.Snapshot{
		SnapshotId:     it.Id,
		SourceVolumeId: it.Of,
		SizeBytes:      it.Size,
		CreationTime:   timestamppb.New(it.Made),
		ReadyToUse:     time.Since(it.Made) >= d.readyAfter,
	}
}

// call is a line of the log: what was asked, and what came of it.
type call struct {
	Method  string          `json:"method"`
	Request json.RawMessage `json:"request"`
	Code    string          `json:"code"`
}

func (d *driver) logging(log *os.File) grpc.UnaryServerInterceptor {
	return func(ctx context.Context, asked any, info *grpc.UnaryServerInfo, handle grpc.UnaryHandler) (any, error) {
		d.one.Lock()
		defer d.one.Unlock()
		answer, err := handle(ctx, asked)
		method := info.FullMethod[strings.LastIndex(info.FullMethod, "/")+1:]
		request, _ := protojson.Marshal(asked.(proto.Message))
		line, _ := json.Marshal(call{method, request, status.Code(err).String()})
		_, failed := log.Write(append(line, '\n'))
		return answer, errors.Join(err, failed)
	}
}

func serve() error {
	socket := flag.String("socket", "", "where to listen; at most 107 bytes")
	state := flag.String("state", "", "the folder of the volumes and snapshots, made if missing")
	name := flag.String("name", "", "what the driver calls itself")
	log := flag.String("log", "", "the file that gets a line of JSON for every call")
	topology := flag.Bool("topology", false, "volumes can be used on some nodes only")
	list := flag.Bool("list-snapshots", false, "the driver can say of a snapshot whether it is there")
	readyAfter := flag.Duration("ready-after", 0, "how long it takes until a snapshot is ready")
	flag.Parse()
	volumes, noVolumes := openShelf(filepath.Join(*state, "volumes"))
	snapshots, noSnapshots := openShelf(filepath.Join(*state, "snapshots"))
	calls, noLog := os.OpenFile(*log, os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	listener, noSocket := net.Listen("unix", *socket)
	if err := errors.Join(noVolumes, noSnapshots, noLog, noSocket); err != nil {
		return err
	}
	it := &driver{name: *name, volumes: volumes, snapshots: snapshots, topology: *topology, list: *list, readyAfter: *readyAfter}
	server := grpc.NewServer(grpc.UnaryInterceptor(it.logging(calls)))
	csi.RegisterIdentityServer(server, it)
	csi.RegisterControllerServer(server, it)
	stop := make(chan os.Signal, 1)
	signal.Notify(stop, syscall.SIGTERM)
	go func() { <-stop; server.Stop() }()
	return server.Serve(listener)
}

func main() {
	if err := serve(); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}
