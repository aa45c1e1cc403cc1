//! Drawing: state in, cells and placements out. It decides nothing and changes nothing.

mod color;
mod scene;
mod text;
mod theme;

pub use scene::Scene;
pub use theme::Theme;
