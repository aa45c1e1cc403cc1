//! Who the figures are: which outline each creature has, its colours, its size, and where it stands.

use super::brief::Group;
use super::color::Rgb;
use super::figure::{Coat, Part, Pose, draw};
use super::figures::{grazers, hunters, legends, people, pets, swimmers, vehicles, wings};
use super::scene::Scene;
use super::words::{Animal, Craft, Person};

/// A creature as it is drawn.
#[derive(Clone)]
struct Role {
    parts: &'static [Part],
    /// Height of 100 units as a share of the unit length.
    size: f32,
    coat: Coat,
    /// In the air over its place.
    hovers: bool,
}

const fn coat(coat: u32, light: u32, dark: u32, accent: u32, eye: u32) -> Coat {
    Coat {
        body: Rgb::hex(coat),
        light: Rgb::hex(light),
        dark: Rgb::hex(dark),
        accent: Rgb::hex(accent),
        eye: Rgb::hex(eye),
    }
}

fn role(scene: &Scene, group: &Group) -> Role {
    let mut dice = scene.dice("coat");
    let (parts, size, own) = match group.animal {
        Animal::Fox => (
            hunters::FOX,
            0.36,
            coat(0xd8_6a2b, 0xf8_eee0, 0x2e_1e1c, 0xd8_6a2b, 0xe0_a030),
        ),
        Animal::Wolf => (
            hunters::WOLF,
            0.36,
            coat(0x7d_848e, 0xd6_d6d2, 0x3a_3f4a, 0x7d_848e, 0xe0_c060),
        ),
        Animal::Bear => (
            hunters::BEAR,
            0.4,
            coat(0x6e_4a30, 0xa8_8058, 0x22_1814, 0x6e_4a30, 0x22_1814),
        ),
        Animal::Lion => (
            hunters::LION,
            0.36,
            coat(0xd0_9a4c, 0xee_d8b0, 0x7c_4a22, 0x7c_4a22, 0xe8_b83a),
        ),
        Animal::Tiger => (
            hunters::TIGER,
            0.37,
            coat(0xe0_8a34, 0xfa_f0e2, 0x2a_1e1a, 0x2a_1e1a, 0xe8_d040),
        ),
        Animal::Dragon => (
            legends::DRAGON,
            0.44,
            dice.pick([
                coat(0x3f_8a5a, 0xe8_dc9a, 0x1c_2a22, 0xc8_5a34, 0xf8_d030),
                coat(0xb0_3a34, 0xf0_cc8a, 0x2a_1418, 0x6a_2238, 0xf8_d030),
                coat(0x3a_6a9a, 0xc8_e0e8, 0x14_2030, 0x7a_58b0, 0xf8_e060),
            ]),
        ),
        Animal::Dinosaur => (
            legends::DINOSAUR,
            0.38,
            coat(0x6a_9a5c, 0xdc_e0a8, 0x24_2c20, 0x6a_9a5c, 0),
        ),
        Animal::Butterfly => (
            wings::BUTTERFLY,
            0.34,
            dice.pick([
                coat(0xf0_8a28, 0xfa_ecc8, 0x2a_1c1c, 0xf8_d060, 0),
                coat(0x3a_80d8, 0xe0_f2fa, 0x18_1c30, 0xf0_c8e0, 0),
                coat(0xa8_5ad0, 0xf6_e2f6, 0x24_1830, 0xf8_d060, 0),
            ]),
        ),
        Animal::Cat => (
            pets::CAT,
            0.4,
            dice.pick([
                coat(0xe0_924a, 0xfb_f0e0, 0x9c_5424, 0xc0_4040, 0x8f_c25a),
                coat(0x8a_8f9a, 0xee_eef0, 0x4a_4e5a, 0xc0_4040, 0xf0_c040),
                coat(0xd8_b890, 0xfb_f4e8, 0x6a_4c38, 0xc0_4040, 0x5f_b0d8),
            ]),
        ),
        Animal::Dog => (
            pets::DOG,
            0.4,
            dice.pick([
                coat(0xd0_9858, 0xfb_f2e2, 0x7a_4a26, 0xc8_3a3a, 0xe8_c050),
                coat(0x8c_6244, 0xf6_ece0, 0x4a_3020, 0x3a_78c0, 0xe8_c050),
                coat(0x6a_6e78, 0xf4_f4f2, 0x2c_2e36, 0xc8_3a3a, 0xe8_c050),
            ]),
        ),
        Animal::Rabbit => (
            pets::RABBIT,
            0.34,
            dice.pick([
                coat(0xb0_906c, 0xf4_ead8, 0x3a_2a22, 0, 0),
                coat(0xdc_d4c8, 0xff_fcf6, 0x4a_3c38, 0, 0),
            ]),
        ),
        Animal::Panda => (
            pets::PANDA,
            0.4,
            coat(0xf2_efe8, 0xf6_f3ec, 0x26_262c, 0x6a_a84a, 0xf8_f8f8),
        ),
        Animal::Deer => (
            grazers::DEER,
            0.34,
            coat(0xa0_6c40, 0xec_dcc0, 0x33_2218, 0x6a_5238, 0x20_1810),
        ),
        Animal::Horse => (
            grazers::HORSE,
            0.4,
            dice.pick([
                coat(0x8a_5230, 0xc8_a078, 0x2c_1c18, 0, 0),
                coat(0x5a_3a2a, 0xa0_7a58, 0x1e_1614, 0, 0),
                coat(0xd6_d0c8, 0xf4_f0ea, 0x7a_746e, 0, 0),
            ]),
        ),
        Animal::Elephant => (
            grazers::ELEPHANT,
            0.44,
            coat(0x8a_8688, 0xee_e6d4, 0x3c_3840, 0, 0),
        ),
        Animal::Owl => (
            wings::OWL,
            0.38,
            coat(0x8c_6a4c, 0xec_dcc0, 0x3a_2a22, 0xe0_a040, 0xf2_b830),
        ),
        Animal::Bird => (
            wings::BIRD,
            0.4,
            dice.pick([
                coat(0x6a_7078, 0xe8_e0d0, 0x33_2a26, 0xe0_6a34, 0),
                coat(0x3a_78b8, 0xe8_f0f4, 0x2a_2830, 0xf0_c060, 0),
                coat(0x7a_6248, 0xf0_e6d2, 0x2e_2420, 0xe8_d8b8, 0),
            ]),
        ),
        Animal::Penguin => (
            wings::PENGUIN,
            0.36,
            coat(0x2a_303c, 0xf6_f6f2, 0x23_2834, 0xf0_a038, 0xf4_b840),
        ),
        Animal::Swan => (
            swimmers::SWAN,
            0.24,
            coat(0xf2_f2f0, 0xff_ffff, 0x28_2428, 0xe8_8838, 0),
        ),
        Animal::Whale => (
            swimmers::WHALE,
            0.32,
            coat(0x4a_6a8c, 0xc8_dce6, 0x20_3044, 0x4a_6a8c, 0),
        ),
        Animal::Fish => (
            swimmers::FISH,
            0.34,
            dice.pick([
                coat(0xf6_efe6, 0xff_fbf4, 0x22_1e28, 0xe8_5a2c, 0),
                coat(0xf0_a030, 0xff_e6b0, 0x22_1e28, 0xd8_5a20, 0),
            ]),
        ),
    };
    let mut own = own;
    if let Some(color) = group.coat {
        own.body = color;
        // A dark coat needs lighter markings than a bright one.
        own.light = if color.luma() < 0.25 {
            color.mix(Rgb::WHITE, 0.3)
        } else {
            own.light.mix(color, 0.12)
        };
        own.dark = own.dark.mix(color.scale(0.4), 0.5);
    }
    Role {
        parts,
        size,
        coat: own,
        hovers: group.animal == Animal::Butterfly,
    }
}

/// Draws everybody in the brief on the ground, whose top in px `ground` gives at an x in px.
///
/// The first stands on a third of the picture, the second beside it, the third on its other side. A person together
/// with a horse or an elephant rides.
pub fn stand(scene: &mut Scene, ground: impl Fn(f32) -> f32) {
    let groups = scene.brief.animals.clone();
    let mut company: Vec<Role> = Vec::new();
    for group in &groups {
        for nth in 0..group.count {
            let mut role = role(scene, group);
            role.size *= [1.12, 0.94, 1.03][nth % 3];
            company.push(role);
        }
    }
    let mount = match groups.first().map(|g| g.animal) {
        Some(Animal::Horse) => Some(0.44),
        Some(Animal::Elephant) => Some(0.62),
        _ => None,
    };
    let person = scene.brief.person.map(person);
    let rider = mount.zip(person.clone());
    if rider.is_none() {
        company.extend(person);
    }
    if scene.brief.craft == Some(Craft::Car) {
        company.push(car(scene));
    }
    let width = scene.canvas.width;
    let shrink = [1.0, 1.0, 0.84, 0.72, 0.64, 0.58][company.len().min(5)];
    let step = scene.len(0.42) * shrink;
    let shift = if company.len() > 1 { step * 0.4 } else { 0.0 };
    let middle = scene.stand() + scene.side * shift;
    let flip = scene.side < 0.0;
    for (i, role) in company.into_iter().enumerate() {
        let slot = [0.0, -1.0, 1.0, -2.0, 2.0][i % 5] * scene.side;
        let x = (middle + slot * step).clamp(width * 0.16, width * 0.84);
        let pose = Pose {
            foot: (x, ground(x) + scene.len(0.05 + 0.02 * (i % 2) as f32)),
            height: scene.len(role.size) * shrink,
            flip: if i % 3 == 2 { !flip } else { flip },
            grounded: true,
            distance: 0.0,
        };
        let pose = if role.hovers {
            Pose {
                foot: (x, pose.foot.1 - pose.height * 0.55),
                grounded: false,
                ..pose
            }
        } else {
            pose
        };
        if let Some((back, rider)) = rider.clone().filter(|_| i == 0) {
            let seat = Pose {
                // The animal is drawn over the rider's legs.
                foot: (x, pose.foot.1 - pose.height * back),
                height: pose.height * 0.72,
                grounded: false,
                ..pose
            };
            draw(scene, rider.parts, rider.coat, seat);
        }
        draw(scene, role.parts, role.coat, pose);
    }
}

/// Draws one animal where the caller wants it, without ground: swimming or flying.
pub fn float(
    scene: &mut Scene,
    group: &Group,
    at: (f32, f32),
    share: f32,
    flip: bool,
    distance: f32,
) {
    let role = role(scene, group);
    let pose = Pose {
        foot: at,
        height: scene.len(role.size * share),
        flip,
        grounded: false,
        distance,
    };
    draw(scene, role.parts, role.coat, pose);
}

fn car(scene: &Scene) -> Role {
    let mut dice = scene.dice("car");
    let paint = dice.pick([0xc8_3c34, 0x2f_8a98, 0xe8_b040, 0x5a_7ab8, 0x6a_9a6a]);
    let body = scene.brief.tint.unwrap_or(Rgb::hex(paint));
    let mut coat = coat(paint, 0xbc_d4dc, 0x26_2830, 0xe0_4a30, 0xff_e8a0);
    coat.body = body;
    Role {
        parts: vehicles::CAR,
        size: 0.38,
        coat,
        hovers: false,
    }
}

fn person(person: Person) -> Role {
    let (parts, coat) = match person {
        Person::Wanderer => (
            people::WANDERER,
            coat(0x3d_4a5e, 0xe0_b090, 0x2a_2426, 0xd0_4a34, 0),
        ),
        Person::Astronaut => (
            people::ASTRONAUT,
            coat(0xee_f0f2, 0xff_ffff, 0x1a_2a4a, 0xe8_7038, 0x50_d0f0),
        ),
        Person::Robot => (
            people::ROBOT,
            coat(0x9a_b0b8, 0xe8_f0f0, 0x2c_343c, 0xf0_8038, 0x60_f0e8),
        ),
    };
    Role {
        parts,
        size: 0.4,
        coat,
        hovers: false,
    }
}

/// A flock in the sky.
pub fn flock(scene: &mut Scene, center: (f32, f32), count: usize) {
    let mut dice = scene.dice("flock");
    let color = scene
        .palette
        .lit(Rgb::hex(0x2a_2e38))
        .mix(scene.palette.haze, 0.25);
    let mut shape = super::shape::Shape::new();
    for _ in 0..count {
        let x = center.0 + scene.len(dice.range(-0.2, 0.2));
        let y = center.1 + scene.len(dice.range(-0.08, 0.08));
        let s = scene.len(dice.range(0.009, 0.02));
        let lift = dice.range(0.2, 0.7);
        shape.add_smooth(&[
            (x - s, y - s * lift),
            (x - s * 0.5, y - s * (lift * 0.75 + 0.12)),
            (x, y),
            (x + s * 0.5, y - s * (lift * 0.75 + 0.12)),
            (x + s, y - s * lift),
            (x + s * 0.5, y - s * (lift * 0.6 - 0.04)),
            (x, y + s * 0.2),
            (x - s * 0.5, y - s * (lift * 0.6 - 0.04)),
        ]);
    }
    scene.canvas.fill(shape, color, 0.9);
}
