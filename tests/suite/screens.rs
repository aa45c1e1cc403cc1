//! What the studio draws, as reviewed text: keys and events go in, a screen comes out.
//!
//! A snapshot shows the cells, pictures as `░`, and below them the cursor and the placements.

pub(super) mod desk;
mod panes;
mod pictures;
mod popups;
mod remarks;
