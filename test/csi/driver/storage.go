// What the driver keeps: for each volume and snapshot a directory with its files, and beside it what is known of it.
package main

import (
	"encoding/json"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
)

// shelf is where volumes are, or snapshots.
type shelf struct{ folder string }

type item struct {
	Id   string    `json:"id"`
	Size int64     `json:"size"`
	Made time.Time `json:"made"`
	// Of is the volume that a snapshot was taken of, or the snapshot that a volume comes from.
	Of string `json:"of,omitempty"`
}

func openShelf(folder string) (shelf, error) { return shelf{folder}, os.MkdirAll(folder, 0o700) }

func (s shelf) files(id string) string { return filepath.Join(s.folder, id) }
func (s shelf) facts(id string) string { return filepath.Join(s.folder, id+".json") }

func (s shelf) find(id string) (it item, err error) {
	text, err := os.ReadFile(s.facts(id))
	if errors.Is(err, fs.ErrNotExist) {
		return it, status.Errorf(codes.NotFound, "there is no %s", id)
	}
	if err == nil {
		err = json.Unmarshal(text, &it)
	}
	return it, err
}

// put makes something whole, with a copy of the files if there are any. What is known of it comes last: without, it is not there.
func (s shelf) put(it item, files string) error {
	to := s.files(it.Id)
	if err := errors.Join(os.RemoveAll(to), os.Mkdir(to, 0o700)); err != nil {
		return err
	}
	if files != "" {
		if err := os.CopyFS(to, os.DirFS(files)); err != nil {
			return err
		}
	}
	text, err := json.Marshal(it)
	if err != nil {
		return err
	}
	return os.WriteFile(s.facts(it.Id), text, 0o600)
}

func (s shelf) all() (items []item, err error) {
	files, err := filepath.Glob(filepath.Join(s.folder, "*.json"))
	for _, file := range files {
		it, failed := s.find(filepath.Base(file[:len(file)-len(".json")]))
		items, err = append(items, it), errors.Join(err, failed)
	}
	return items, err
}

// remove is done also when nothing is there.
func (s shelf) remove(id string) error {
	if err := os.Remove(s.facts(id)); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return os.RemoveAll(s.files(id))
}
