//! The figures' outlines, one file for a kind of creature. Data only: how they are drawn is in `figure.rs`.

pub mod grazers;
pub mod hunters;
pub mod legends;
pub mod people;
pub mod pets;
pub mod portrait;
pub mod swimmers;
pub mod table;
pub mod vehicles;
pub mod wings;
