//! From a prompt to a brief: what the scene holds. The words choose; what they leave open, the hash chooses.

use super::color::Rgb;
use super::random::{Rng, hash};
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
    fn weight(self) -> u8 {
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

/// What the scene holds.
#[derive(Debug, Clone)]
pub struct Brief {
    pub seed: u64,
    pub hour: Hour,
    pub weather: Weather,
    pub season: Season,
    pub place: Place,
    /// Who stands in it, and how many of each.
    pub animals: Vec<(Animal, usize)>,
    pub coat: Option<Rgb>,
    pub person: Option<Person>,
    pub look: Option<Look>,
    pub old: bool,
    pub landmark: Option<Landmark>,
    pub craft: Option<Craft>,
    pub tree: Option<Tree>,
    pub still: Option<Still>,
    pub tint: Option<Rgb>,
    pub finish: Finish,
    pub moon: bool,
    pub stars: bool,
    pub aurora: bool,
    pub rainbow: bool,
    pub flowers: bool,
}

/// The words of a prompt that the painter knows, in their order.
pub fn known(prompt: &str) -> Vec<Word> {
    let lower = prompt.to_lowercase();
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

impl Brief {
    pub fn read(prompt: &str) -> Self {
        let words = known(prompt);
        // Spaces and case are not what makes two prompts different.
        let folded = prompt
            .to_lowercase()
            .split_whitespace()
            .collect::<Vec<_>>()
            .join(" ");
        let seed = hash(&folded);
        let mut dice = Rng::new(seed).fork("brief");
        let mut brief = Self {
            seed,
            hour: dice.pick([
                Hour::Dawn,
                Hour::Day,
                Hour::Day,
                Hour::Sunset,
                Hour::Sunset,
                Hour::Dusk,
                Hour::Night,
            ]),
            weather: dice.pick([Weather::Clear, Weather::Cloudy]),
            season: dice.pick([
                Season::Spring,
                Season::Summer,
                Season::Summer,
                Season::Autumn,
            ]),
            place: dice.pick([
                Place::Mountains,
                Place::Lake,
                Place::Lake,
                Place::Forest,
                Place::Meadow,
                Place::Sea,
                Place::Desert,
            ]),
            animals: Vec::new(),
            coat: None,
            person: None,
            look: None,
            old: false,
            landmark: None,
            craft: None,
            tree: None,
            still: None,
            tint: None,
            finish: Finish::Color,
            moon: false,
            stars: false,
            aurora: false,
            rainbow: false,
            flowers: false,
        };
        let mut said = Said::default();
        for (i, word) in words.iter().enumerate() {
            brief.take(*word, words.get(i + 1), &mut said);
        }
        brief.settle(&said, &mut dice);
        brief
    }

    fn take(&mut self, word: Word, next: Option<&Word>, said: &mut Said) {
        match word {
            Word::Hour(hour) => {
                self.hour = hour;
                said.hour = true;
            }
            Word::Weather(weather) => {
                self.weather = weather;
                said.weather = true;
            }
            Word::Season(season) => {
                self.season = season;
                said.season = true;
            }
            Word::Place(place) => {
                // The first place is where it is, but "a mountain lake" is a lake and "a portrait" stays one.
                if !said.place || place.weight() > self.place.weight() {
                    self.place = place;
                }
                said.place = true;
            }
            Word::Animal(animal, count) => {
                if self.animals.len() < 2 && !self.animals.iter().any(|(a, _)| *a == animal) {
                    self.animals.push((animal, count));
                }
            }
            Word::Person(person) => self.person = Some(person),
            Word::Look(look) => self.look = Some(look),
            Word::Old => self.old = true,
            Word::Landmark(landmark) => self.landmark = self.landmark.or(Some(landmark)),
            Word::Craft(craft) => self.craft = self.craft.or(Some(craft)),
            Word::Tree(tree) => self.tree = Some(tree),
            Word::Still(still) => self.still = self.still.or(Some(still)),
            Word::Tint(color) => match next {
                Some(Word::Animal(..)) => self.coat = Some(color),
                _ => self.tint = Some(color),
            },
            Word::Finish(finish) => self.finish = finish,
            Word::Moon => self.moon = true,
            Word::Stars => self.stars = true,
            Word::Aurora => self.aurora = true,
            Word::Rainbow => self.rainbow = true,
            Word::Flowers => self.flowers = true,
            // These speak of a picture that is there already.
            Word::Brighter | Word::Darker | Word::Warmer | Word::Cooler => {}
        }
    }

    /// Fills in what follows from what was said.
    fn settle(&mut self, said: &Said, dice: &mut Rng) {
        if !said.place {
            self.place = self.implied_place(dice).unwrap_or(self.place);
        }
        if !said.hour && (self.moon || self.stars || self.aurora) {
            self.hour = Hour::Night;
        }
        if !said.hour && matches!(self.finish, Finish::Neon) {
            self.hour = Hour::Dusk;
        }
        if !said.hour && said.weather {
            self.hour = match self.weather {
                Weather::Fog => dice.pick([Hour::Dawn, Hour::Dawn, Hour::Day]),
                Weather::Rain => dice.pick([Hour::Day, Hour::Dusk]),
                Weather::Snow => dice.pick([Hour::Dawn, Hour::Day, Hour::Dusk]),
                Weather::Storm => dice.pick([Hour::Dusk, Hour::Sunset]),
                Weather::Clear | Weather::Cloudy => self.hour,
            };
        }
        if self.rainbow && !said.hour {
            self.hour = Hour::Day;
        }
        if said.season && self.season == Season::Winter && !said.weather {
            self.weather = Weather::Snow;
        }
        if self.still == Some(Still::Flowers) && self.place != Place::Studio {
            self.flowers = true;
        }
        if self.flowers && !said.season {
            self.season = dice.pick([Season::Spring, Season::Summer]);
        }
        if self.weather == Weather::Snow {
            self.season = Season::Winter;
        }
        if matches!(self.animals.first(), Some((Animal::Penguin, _))) {
            self.season = Season::Winter;
        }
        if self.hour == Hour::Night && !said.weather {
            self.weather = Weather::Clear;
        }
    }

    fn implied_place(&self, dice: &mut Rng) -> Option<Place> {
        if self.still.is_some() || self.look.is_some() {
            return Some(Place::Studio);
        }
        if let Some(person) = self.person {
            return Some(match person {
                Person::Astronaut => Place::Space,
                Person::Robot => dice.pick([Place::City, Place::Desert]),
                Person::Wanderer => dice.pick([Place::Mountains, Place::Meadow, Place::Lake]),
            });
        }
        if let Some((animal, _)) = self.animals.first() {
            return Some(match animal {
                Animal::Whale | Animal::Fish => Place::Underwater,
                Animal::Cat | Animal::Dog | Animal::Rabbit => Place::Meadow,
                Animal::Horse | Animal::Bird => dice.pick([Place::Meadow, Place::Lake]),
                Animal::Elephant | Animal::Lion => Place::Desert,
                Animal::Swan | Animal::Penguin => Place::Lake,
                Animal::Owl | Animal::Panda => Place::Forest,
                Animal::Fox | Animal::Wolf | Animal::Deer | Animal::Bear => {
                    dice.pick([Place::Forest, Place::Mountains])
                }
            });
        }
        if let Some(landmark) = self.landmark {
            return Some(match landmark {
                Landmark::Lighthouse => Place::Sea,
                Landmark::Pyramid => Place::Desert,
                Landmark::Castle => dice.pick([Place::Mountains, Place::Lake]),
                Landmark::Gate => Place::Lake,
                Landmark::Cottage => dice.pick([Place::Mountains, Place::Lake, Place::Meadow]),
                Landmark::Windmill => Place::Meadow,
            });
        }
        if let Some(craft) = self.craft {
            return Some(match craft {
                Craft::Boat => dice.pick([Place::Sea, Place::Lake]),
                Craft::Balloon => dice.pick([Place::Meadow, Place::Mountains, Place::Desert]),
                Craft::Rocket => Place::Space,
            });
        }
        if let Some(tree) = self.tree {
            return Some(match tree {
                Tree::Palm => Place::Sea,
                Tree::Conifer => Place::Forest,
                _ => Place::Meadow,
            });
        }
        if self.flowers {
            return Some(Place::Meadow);
        }
        if matches!(self.finish, Finish::Neon) {
            return Some(Place::City);
        }
        if self.aurora {
            return Some(dice.pick([Place::Lake, Place::Mountains]));
        }
        None
    }
}

/// What the words settled, so that the hash leaves it alone.
#[derive(Default)]
struct Said {
    hour: bool,
    weather: bool,
    season: bool,
    place: bool,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_choose_the_scene() {
        let brief = Brief::read("A red FOX in the snow, dawn light");
        assert_eq!(brief.animals, [(Animal::Fox, 1)]);
        assert_eq!(brief.weather, Weather::Snow);
        assert_eq!(brief.hour, Hour::Dawn);
        assert!(brief.coat.is_some() && brief.tint.is_none());
        let storm = Brief::read("a lighthouse at night in a storm");
        assert_eq!(storm.place, Place::Sea);
        assert_eq!((storm.hour, storm.weather), (Hour::Night, Weather::Storm));
    }

    #[test]
    fn plurals_and_numbers_count() {
        assert_eq!(Brief::read("wolves").animals, [(Animal::Wolf, 2)]);
        assert_eq!(Brief::read("three black cats").animals, [(Animal::Cat, 3)]);
        assert_eq!(Brief::read("puppies").animals, [(Animal::Dog, 2)]);
    }

    #[test]
    fn chinese_words_are_found_inside_a_sentence() {
        let brief = Brief::read("一只狐狸在雪地里，夜晚");
        assert_eq!(brief.animals, [(Animal::Fox, 1)]);
        assert_eq!(brief.hour, Hour::Night);
        assert_eq!(brief.weather, Weather::Snow);
    }

    #[test]
    fn unknown_prompts_differ_by_their_hash_and_not_by_their_case() {
        assert_ne!(Brief::read("qwerty").seed, Brief::read("azerty").seed);
        assert_eq!(Brief::read("Qwerty  x").seed, Brief::read("qwerty x").seed);
    }
}
