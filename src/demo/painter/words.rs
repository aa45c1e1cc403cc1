//! What a prompt can speak of: the nouns of a scene, and the words of a prompt that name them.

use super::vocabulary::{self, Word};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Hour {
    Dawn,
    Day,
    Sunset,
    Dusk,
    Night,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Weather {
    Clear,
    Cloudy,
    Rain,
    Storm,
    Snow,
    Fog,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Season {
    Spring,
    Summer,
    Autumn,
    Winter,
}

/// Where the scene is; each has a composition of its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Place {
    Mountains,
    Forest,
    Lake,
    Sea,
    Desert,
    Meadow,
    City,
    Space,
    Underwater,
    Studio,
    Abstract,
}

impl Place {
    /// Which of two places that were named is meant.
    pub fn weight(self) -> u8 {
        match self {
            Self::Mountains | Self::Meadow | Self::Forest => 0,
            Self::Lake | Self::Sea | Self::Desert | Self::City | Self::Abstract => 1,
            Self::Space | Self::Underwater => 2,
            Self::Studio => 3,
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Animal {
    Fox,
    Cat,
    Dog,
    Wolf,
    Deer,
    Horse,
    Rabbit,
    Bear,
    Panda,
    Elephant,
    Lion,
    Tiger,
    Dragon,
    Dinosaur,
    Butterfly,
    Owl,
    Bird,
    Penguin,
    Swan,
    Whale,
    Fish,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Person {
    Wanderer,
    Astronaut,
    Robot,
}

/// What a head wears in a portrait.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Look {
    Plain,
    Sailor,
    Clown,
    Royal,
    Wizard,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Landmark {
    Lighthouse,
    Castle,
    Cottage,
    Windmill,
    Gate,
    Pyramid,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Craft {
    Boat,
    Balloon,
    Rocket,
    Car,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tree {
    Conifer,
    Broadleaf,
    Palm,
    Blossom,
    Bare,
    Acacia,
}

/// Things on a table.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Still {
    Cup,
    Flowers,
    Fruit,
    Banana,
}

/// What lies over the whole picture.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Finish {
    Color,
    Mono,
    Sepia,
    Neon,
}

/// How much of a prompt is searched for words, in characters.
const READ: usize = 2_000;

/// The words of a prompt that the painter knows, in their order.
///
/// Only the beginning is read, [`READ`] characters: a pasted book must not cost more than a sentence.
pub fn known(prompt: &str) -> Vec<Word> {
    let start: String = prompt.chars().take(READ).collect();
    let lower = start.to_lowercase();
    let mut found = Vec::new();
    let mut many = 1;
    for token in lower.split(|c: char| !c.is_alphanumeric()) {
        if let Some((word, plural)) = vocabulary::lookup(token) {
            found.push(match word {
                Word::Animal(animal, _) => {
                    Word::Animal(animal, if plural { many.max(2) } else { many })
                }
                other => other,
            });
            if !matches!(word, Word::Tint(_)) {
                many = 1;
            }
        } else if !token.is_ascii() {
            found.extend(vocabulary::inside(token));
        } else {
            many = match token {
                "two" | "pair" | "couple" => 2,
                "three" | "four" | "five" | "many" | "several" | "herd" | "flock" | "pack" => 3,
                "a" | "an" | "the" | "one" => 1,
                _ => many,
            };
        }
    }
    found
}
