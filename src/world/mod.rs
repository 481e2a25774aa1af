//! The life: six parties and a wire, moved by commands only.
