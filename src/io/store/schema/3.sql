-- A branch with a set-up of its own shares no step: its parent is the place at which the dials were turned.
ALTER TABLE branch ADD COLUMN setup TEXT;
