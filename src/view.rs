//! Drawing: state in, cells and placements out.
