//! The painter's dictionary: one table from words to what they ask for. English by whole words, Chinese by what a text holds.

use super::color::Rgb;
use super::words::{
    Animal, Craft, Finish, Hour, Landmark, Look, Person, Place, Season, Still, Tree, Weather,
};

/// What one word asks for.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Word {
    Hour(Hour),
    Weather(Weather),
    Season(Season),
    Place(Place),
    /// With how many of them.
    Animal(Animal, usize),
    Person(Person),
    Look(Look),
    Old,
    Landmark(Landmark),
    Craft(Craft),
    Tree(Tree),
    Still(Still),
    Tint(Rgb),
    Finish(Finish),
    Moon,
    Stars,
    Aurora,
    Rainbow,
    Flowers,
    Brighter,
    Darker,
    Warmer,
    Cooler,
}

const fn animal(animal: Animal) -> Word {
    Word::Animal(animal, 1)
}

const fn tint(value: u32) -> Word {
    Word::Tint(Rgb::hex(value))
}

/// Words that mean the same stand in one row.
#[rustfmt::skip]
const TABLE: &[(&[&str], Word)] = &[
    (&["dawn", "sunrise", "morning", "daybreak", "黎明", "日出", "清晨", "早晨"], Word::Hour(Hour::Dawn)),
    (&["day", "noon", "daylight", "sunny", "daytime", "midday", "afternoon", "白天", "中午", "阳光"], Word::Hour(Hour::Day)),
    (&["sunset", "golden", "evening", "日落", "夕阳", "黄昏"], Word::Hour(Hour::Sunset)),
    (&["dusk", "twilight", "gloaming", "傍晚", "暮色"], Word::Hour(Hour::Dusk)),
    (&["night", "midnight", "nighttime", "nocturnal", "夜"], Word::Hour(Hour::Night)),
    (&["clear", "cloudless", "晴"], Word::Weather(Weather::Clear)),
    (&["cloud", "cloudy", "overcast", "云"], Word::Weather(Weather::Cloudy)),
    (&["rain", "rainy", "drizzle", "raining", "雨"], Word::Weather(Weather::Rain)),
    (&["storm", "stormy", "thunder", "lightning", "thunderstorm", "tempest", "暴风", "闪电"], Word::Weather(Weather::Storm)),
    (&["snow", "snowy", "snowing", "blizzard", "snowfall", "雪"], Word::Weather(Weather::Snow)),
    (&["fog", "foggy", "mist", "misty", "haze", "hazy", "雾"], Word::Weather(Weather::Fog)),
    (&["spring", "april", "春"], Word::Season(Season::Spring)),
    (&["summer", "july", "夏"], Word::Season(Season::Summer)),
    (&["autumn", "fall", "october", "autumnal", "秋"], Word::Season(Season::Autumn)),
    (&["winter", "wintry", "ice", "icy", "arctic", "christmas", "frozen", "冬", "冰"], Word::Season(Season::Winter)),
    (&["mountain", "alps", "peak", "alpine", "cliff", "canyon", "valley", "himalaya", "volcano", "山"], Word::Place(Place::Mountains)),
    (&["forest", "wood", "woodland", "jungle", "bamboo", "森林", "竹"], Word::Place(Place::Forest)),
    (&["lake", "pond", "river", "fjord", "reflection", "waterfall", "湖", "河"], Word::Place(Place::Lake)),
    (&["sea", "ocean", "beach", "coast", "wave", "shore", "island", "harbor", "harbour", "bay", "海"], Word::Place(Place::Sea)),
    (&["desert", "dune", "sand", "savanna", "savannah", "sahara", "mars", "沙漠"], Word::Place(Place::Desert)),
    (&["meadow", "field", "hill", "grass", "garden", "prairie", "farm", "park", "countryside", "草原", "草地", "花园"], Word::Place(Place::Meadow)),
    (&["city", "skyline", "downtown", "street", "skyscraper", "metropolis", "town", "tokyo", "paris", "london", "manhattan", "shanghai", "城市", "街"], Word::Place(Place::City)),
    (&["space", "galaxy", "planet", "nebula", "cosmos", "cosmic", "universe", "orbit", "太空", "宇宙", "星球"], Word::Place(Place::Space)),
    (&["underwater", "reef", "coral", "aquarium", "submarine", "海底"], Word::Place(Place::Underwater)),
    (&["portrait", "face", "headshot", "selfie", "肖像"], Word::Place(Place::Studio)),
    (&["abstract", "pattern", "geometric", "wallpaper", "texture", "抽象"], Word::Place(Place::Abstract)),
    (&["fox", "vixen", "狐"], animal(Animal::Fox)),
    (&["cat", "kitten", "kitty", "猫"], animal(Animal::Cat)),
    (&["dog", "puppy", "hound", "corgi", "狗"], animal(Animal::Dog)),
    (&["wolf", "coyote", "husky", "狼"], animal(Animal::Wolf)),
    (&["deer", "stag", "elk", "reindeer", "moose", "antelope", "鹿"], animal(Animal::Deer)),
    (&["horse", "pony", "stallion", "unicorn", "马"], animal(Animal::Horse)),
    (&["rabbit", "bunny", "hare", "兔"], animal(Animal::Rabbit)),
    (&["bear", "grizzly", "熊"], animal(Animal::Bear)),
    (&["panda", "熊猫"], animal(Animal::Panda)),
    (&["elephant", "mammoth", "大象"], animal(Animal::Elephant)),
    (&["lion", "lioness", "狮"], animal(Animal::Lion)),
    (&["tiger", "leopard", "panther", "cheetah", "jaguar", "虎"], animal(Animal::Tiger)),
    (&["dragon", "wyvern", "龙"], animal(Animal::Dragon)),
    (&["dinosaur", "brontosaurus", "恐龙"], animal(Animal::Dinosaur)),
    (&["butterfly", "moth", "蝴蝶"], animal(Animal::Butterfly)),
    (&["owl", "猫头鹰"], animal(Animal::Owl)),
    (&["bird", "sparrow", "robin", "crow", "raven", "eagle", "parrot", "鸟"], animal(Animal::Bird)),
    (&["penguin", "企鹅"], animal(Animal::Penguin)),
    (&["swan", "duck", "goose", "天鹅"], animal(Animal::Swan)),
    (&["whale", "orca", "鲸"], animal(Animal::Whale)),
    (&["fish", "koi", "goldfish", "shark", "dolphin", "鱼"], animal(Animal::Fish)),
    (&["person", "man", "woman", "girl", "boy", "child", "traveler", "traveller", "hiker", "wanderer", "samurai", "人"], Word::Person(Person::Wanderer)),
    (&["astronaut", "spaceman", "cosmonaut", "宇航员"], Word::Person(Person::Astronaut)),
    (&["robot", "android", "mech", "cyborg", "机器人"], Word::Person(Person::Robot)),
    (&["sailor", "captain", "fisherman", "admiral", "pirate", "水手"], Word::Look(Look::Sailor)),
    (&["clown", "jester", "mime", "小丑"], Word::Look(Look::Clown)),
    (&["king", "queen", "prince", "princess", "国王"], Word::Look(Look::Royal)),
    (&["wizard", "witch", "magician", "sorcerer", "巫师"], Word::Look(Look::Wizard)),
    (&["old", "elderly", "grandfather", "aged", "老"], Word::Old),
    (&["lighthouse", "灯塔"], Word::Landmark(Landmark::Lighthouse)),
    (&["castle", "fortress", "palace", "kingdom", "城堡"], Word::Landmark(Landmark::Castle)),
    (&["cottage", "house", "cabin", "hut", "village", "home", "barn", "房子", "村"], Word::Landmark(Landmark::Cottage)),
    (&["windmill", "mill", "风车"], Word::Landmark(Landmark::Windmill)),
    (&["temple", "torii", "shrine", "pagoda", "gate", "寺"], Word::Landmark(Landmark::Gate)),
    (&["pyramid", "egypt", "金字塔"], Word::Landmark(Landmark::Pyramid)),
    (&["boat", "sailboat", "ship", "yacht", "sail", "船"], Word::Craft(Craft::Boat)),
    (&["car", "taxi", "automobile", "beetle", "汽车"], Word::Craft(Craft::Car)),
    (&["balloon", "airship", "气球"], Word::Craft(Craft::Balloon)),
    (&["rocket", "spaceship", "spacecraft", "shuttle", "火箭"], Word::Craft(Craft::Rocket)),
    (&["pine", "conifer", "spruce", "fir", "松"], Word::Tree(Tree::Conifer)),
    (&["tree", "oak", "maple", "树"], Word::Tree(Tree::Broadleaf)),
    (&["palm", "tropical", "coconut", "椰"], Word::Tree(Tree::Palm)),
    (&["cherry", "blossom", "sakura", "樱"], Word::Tree(Tree::Blossom)),
    (&["acacia", "baobab"], Word::Tree(Tree::Acacia)),
    (&["dead", "bare", "spooky", "haunted", "halloween"], Word::Tree(Tree::Bare)),
    (&["coffee", "tea", "cup", "mug", "咖啡", "茶"], Word::Still(Still::Cup)),
    (&["bouquet", "vase", "rose", "tulip", "花束"], Word::Still(Still::Flowers)),
    (&["fruit", "apple", "pear", "lemon", "苹果", "水果"], Word::Still(Still::Fruit)),
    (&["banana", "香蕉"], Word::Still(Still::Banana)),
    (&["flower", "poppy", "daisy", "lavender", "sunflower", "wildflower", "花"], Word::Flowers),
    (&["moon", "moonlight", "moonlit", "月"], Word::Moon),
    (&["star", "starry", "stars", "constellation", "星空"], Word::Stars),
    (&["aurora", "northern", "极光"], Word::Aurora),
    (&["rainbow", "彩虹"], Word::Rainbow),
    (&["monochrome", "grayscale", "greyscale", "noir", "bw", "charcoal", "黑白"], Word::Finish(Finish::Mono)),
    (&["sepia", "vintage", "retro", "antique", "复古"], Word::Finish(Finish::Sepia)),
    (&["neon", "cyberpunk", "synthwave", "vaporwave", "futuristic", "霓虹"], Word::Finish(Finish::Neon)),
    (&["red", "crimson", "scarlet", "ruby", "红"], tint(0xc8_3a2c)),
    (&["orange", "ginger", "rust", "amber", "copper", "橙"], tint(0xdc_7a2e)),
    (&["yellow", "gold", "黄"], tint(0xe8_b93a)),
    (&["green", "emerald", "jade", "绿"], tint(0x3f_9a5f)),
    (&["teal", "turquoise", "cyan", "aqua", "青"], tint(0x2f_9fa8)),
    (&["blue", "azure", "indigo", "navy", "蓝"], tint(0x2f_62b8)),
    (&["purple", "violet", "magenta", "紫"], tint(0x7d_48b0)),
    (&["pink", "rosy", "pastel", "粉"], tint(0xe5_86a6)),
    (&["brown", "chocolate", "棕"], tint(0x7a_4e30)),
    (&["black", "黑"], tint(0x24_242c)),
    (&["white", "ivory", "白"], tint(0xf0_eee8)),
    (&["gray", "grey", "silver", "灰"], tint(0x8d_9198)),
    (&["bright", "brighter", "lighter", "vivid", "亮"], Word::Brighter),
    (&["dark", "darker", "darken", "dim", "moody", "gloomy", "mysterious", "暗"], Word::Darker),
    (&["warm", "warmer", "cozy", "cosy", "happy", "温暖"], Word::Warmer),
    (&["cold", "cool", "cooler", "calm", "lonely", "寒冷"], Word::Cooler),
];

/// The meaning of one lower-case English word, and whether it was a plural.
pub fn lookup(token: &str) -> Option<(Word, bool)> {
    let exact = |text: &str| {
        TABLE
            .iter()
            .find(|(words, _)| words.contains(&text))
            .map(|(_, word)| *word)
    };
    if token.is_empty() {
        return None;
    }
    if let Some(word) = exact(token) {
        return Some((word, false));
    }
    let stem = |from: &str, to: &str| {
        token
            .strip_suffix(from)
            .and_then(|stem| exact(&format!("{stem}{to}")))
    };
    stem("ies", "y")
        .or_else(|| stem("ves", "f"))
        .or_else(|| stem("es", ""))
        .or_else(|| stem("s", ""))
        .map(|word| (word, true))
}

/// Everything that a run of Chinese text holds; the longest name wins ("熊猫" is no bear).
pub fn inside(text: &str) -> Vec<Word> {
    let mut hits: Vec<(usize, usize, Word)> = TABLE
        .iter()
        .flat_map(|(words, word)| words.iter().map(move |w| (*w, *word)))
        .filter(|(name, _)| !name.is_ascii())
        .flat_map(|(name, word)| {
            text.match_indices(name)
                .map(move |(at, _)| (at, at + name.len(), word))
        })
        .collect();
    hits.sort_by_key(|(from, to, _)| (std::cmp::Reverse(to - from), *from));
    let mut kept: Vec<(usize, usize, Word)> = Vec::new();
    for hit in hits {
        if kept.iter().all(|k| hit.1 <= k.0 || hit.0 >= k.1) {
            kept.push(hit);
        }
    }
    kept.sort_by_key(|(from, _, _)| *from);
    kept.into_iter().map(|(_, _, word)| word).collect()
}
