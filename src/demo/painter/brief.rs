//! From a prompt to a brief: what the scene holds. The words choose; what they leave open, the hash chooses.

use super::color::Rgb;
use super::random::{Rng, hash};
use super::vocabulary::Word;
use super::words::{
    Animal, Craft, Finish, Hour, Landmark, Look, Person, Place, Season, Still, Tree, Weather, known,
};

/// Animals of one kind.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Group {
    pub animal: Animal,
    pub count: usize,
    /// The colour that was named right before them.
    pub coat: Option<Rgb>,
}

/// What the scene holds.
#[derive(Debug, Clone)]
pub struct Brief {
    pub seed: u64,
    pub hour: Hour,
    pub weather: Weather,
    pub season: Season,
    pub place: Place,
    pub animals: Vec<Group>,
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

impl Brief {
    /// Reads a prompt; any text gives a whole brief.
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

    /// Whether an animal of this kind is in it.
    pub fn has(&self, animal: Animal) -> bool {
        self.animals.iter().any(|group| group.animal == animal)
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
                let coat = said.coat.take();
                if self.animals.len() < 2 && !self.has(animal) {
                    self.animals.push(Group {
                        animal,
                        count,
                        coat,
                    });
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
                Some(Word::Animal(..)) => said.coat = Some(color),
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
        if self.has(Animal::Penguin) {
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
        if let Some(group) = self.animals.first() {
            return Some(match group.animal {
                Animal::Whale | Animal::Fish => Place::Underwater,
                Animal::Cat | Animal::Dog | Animal::Rabbit | Animal::Butterfly => Place::Meadow,
                Animal::Horse | Animal::Bird => dice.pick([Place::Meadow, Place::Lake]),
                Animal::Elephant | Animal::Lion => Place::Desert,
                Animal::Swan | Animal::Penguin => Place::Lake,
                Animal::Owl | Animal::Panda | Animal::Tiger => Place::Forest,
                Animal::Dragon => Place::Mountains,
                Animal::Dinosaur => dice.pick([Place::Lake, Place::Forest]),
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
                Craft::Car => dice.pick([Place::Meadow, Place::City, Place::Desert]),
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
    /// A colour whose animal is the next word.
    coat: Option<Rgb>,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn herd(prompt: &str) -> Vec<(Animal, usize)> {
        let groups = Brief::read(prompt).animals;
        groups.iter().map(|g| (g.animal, g.count)).collect()
    }

    #[test]
    fn words_choose_the_scene() {
        let brief = Brief::read("A red FOX in the snow, dawn light");
        assert_eq!(herd("a red fox"), [(Animal::Fox, 1)]);
        assert_eq!(brief.weather, Weather::Snow);
        assert_eq!(brief.hour, Hour::Dawn);
        assert!(brief.animals[0].coat.is_some() && brief.tint.is_none());
        let pair = Brief::read("an orange cat and a black dog");
        assert_ne!(pair.animals[0].coat, pair.animals[1].coat);
        let storm = Brief::read("a lighthouse at night in a storm");
        assert_eq!(storm.place, Place::Sea);
        assert_eq!((storm.hour, storm.weather), (Hour::Night, Weather::Storm));
    }

    #[test]
    fn plurals_and_numbers_count() {
        assert_eq!(herd("wolves"), [(Animal::Wolf, 2)]);
        assert_eq!(herd("three black cats"), [(Animal::Cat, 3)]);
        assert_eq!(herd("puppies"), [(Animal::Dog, 2)]);
    }

    #[test]
    fn chinese_words_are_found_inside_a_sentence() {
        let brief = Brief::read("一只狐狸在雪地里，夜晚");
        assert_eq!(herd("一只狐狸"), [(Animal::Fox, 1)]);
        assert!(brief.has(Animal::Fox));
        assert_eq!(brief.hour, Hour::Night);
        assert_eq!(brief.weather, Weather::Snow);
    }

    #[test]
    fn unknown_prompts_differ_by_their_hash_and_not_by_their_case() {
        assert_ne!(Brief::read("qwerty").seed, Brief::read("azerty").seed);
        assert_eq!(Brief::read("Qwerty  x").seed, Brief::read("qwerty x").seed);
    }
}
