package store

import "testing"

func TestMigrateFromNothingOnSQLite(t *testing.T) {
	s, err := Open(t.Context(), "sqlite:"+t.TempDir()+"/a b/x.db", Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	steps, err := s.Migrate(t.Context())
	if err != nil || len(steps) == 0 {
		t.Fatalf("steps %v, err %v", steps, err)
	}
	again, err := s.Migrate(t.Context())
	if err != nil || len(again) != 0 {
		t.Fatalf("second migrate: steps %v, err %v", again, err)
	}
	if _, _, err := s.CheckSchema(t.Context()); err != nil {
		t.Fatal(err)
	}
}
