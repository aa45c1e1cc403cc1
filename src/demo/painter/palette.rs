//! The colours of a scene: one hand-made palette by hour and weather, then what the light does to everything in it.

use super::brief::Brief;
use super::color::Rgb;
use super::random::Rng;
use super::words::{Finish, Hour, Season, Weather};

/// The light of a scene and the colours that follow from it.
#[derive(Debug, Clone)]
pub struct Palette {
    /// From the zenith over the middle to the horizon.
    pub sky: [Rgb; 3],
    /// The disc of the sun or the moon, and its glow.
    pub light: Rgb,
    /// What distance fades into.
    pub haze: Rgb,
    /// What lies in shade, and near, drifts towards.
    pub shadow: Rgb,
    /// How far things drift there: 0 is noon, 1 a black outline.
    pub dark: f32,
    /// The colour that light gives to all it falls on.
    pub ambient: Rgb,
    pub cloud_lit: Rgb,
    pub cloud_shade: Rgb,
    /// Lamps and windows.
    pub lamp: Rgb,
}

/// Sky from the top, light, shadow; alternatives that the hash picks from.
const DAWN: [[u32; 5]; 3] = [
    [0x4a_5a94, 0xd7_9bb0, 0xfd_e0b6, 0xff_f1cf, 0x2c_2b4a],
    [0x5f_79b0, 0xf0_b4a4, 0xff_efc9, 0xff_f4d8, 0x3a_3050],
    [0x3a_4f7c, 0x9f_93c4, 0xff_cfa0, 0xff_edc4, 0x28_2748],
];
const DAY: [[u32; 5]; 3] = [
    [0x3f_8fce, 0x8c_c4e8, 0xe6_f2ee, 0xff_fae8, 0x1d_3f52],
    [0x3f_9cc0, 0x9f_d4d6, 0xfb_eec4, 0xff_f8dc, 0x20_4440],
    [0x35_7fb8, 0x86_bfe0, 0xf6_efdc, 0xff_f6dd, 0x22_3c58],
];
const SUNSET: [[u32; 5]; 3] = [
    [0x35_2a68, 0xc9_4c6c, 0xff_b75e, 0xff_f0b8, 0x1e_1436],
    [0x26_4468, 0xdb_7550, 0xff_d682, 0xff_f3c4, 0x1b_1c30],
    [0x55_3364, 0xf0_725e, 0xff_de8c, 0xff_f5cc, 0x26_1634],
];
const DUSK: [[u32; 5]; 3] = [
    [0x16_1e44, 0x54_5096, 0xea_98a2, 0xff_d9c4, 0x0d_1028],
    [0x10_2640, 0x35_7088, 0xf4_ba88, 0xff_e4c0, 0x0a_1524],
    [0x20_1c48, 0x7a_4a8c, 0xf2_9c84, 0xff_dcc0, 0x12_0e2a],
];
const NIGHT: [[u32; 5]; 3] = [
    [0x06_0c22, 0x16_2a54, 0x44_6a98, 0xf6_f1dc, 0x04_0914],
    [0x0a_0a26, 0x2c_2258, 0x6c_5092, 0xf8_eee0, 0x07_0618],
    [0x04_1420, 0x0e_3548, 0x3a_7c84, 0xf2_f4e2, 0x03_0c14],
];

impl Palette {
    /// The colours of a brief.
    pub fn of(brief: &Brief) -> Self {
        let mut dice = Rng::new(brief.seed).fork("palette");
        let table = match brief.hour {
            Hour::Dawn => DAWN,
            Hour::Day => DAY,
            Hour::Sunset => SUNSET,
            Hour::Dusk => DUSK,
            Hour::Night => NIGHT,
        };
        let [top, middle, low, light, shadow] = dice.pick(table).map(Rgb::hex);
        let (ambient, dark) = match brief.hour {
            Hour::Dawn => (Rgb::hex(0xff_e4d8), 0.26),
            Hour::Day => (Rgb::hex(0xff_fdf6), 0.04),
            Hour::Sunset => (Rgb::hex(0xff_c9a0), 0.4),
            Hour::Dusk => (Rgb::hex(0xb4_b0e8), 0.52),
            Hour::Night => (Rgb::hex(0x86_a0dc), 0.58),
        };
        let mut palette = Self {
            sky: [top, middle, low],
            light,
            haze: low.mix(middle, 0.42),
            shadow,
            dark,
            ambient,
            cloud_lit: light.mix(low, 0.3),
            cloud_shade: middle.mix(top, 0.35),
            lamp: Rgb::hex(0xff_c869),
        };
        palette.under(brief.weather);
        if brief.season == Season::Winter {
            palette.each(|c| c.mix(c.saturate(0.75).add(Rgb::hex(0x10_1820), 0.5), 0.6));
        }
        if let Some(tint) = brief.tint {
            palette.each(|c| c.mix(tint.scale(0.35 + c.luma() * 0.95), 0.42));
        }
        if brief.finish == Finish::Neon {
            palette.neon();
        }
        palette
    }

    fn under(&mut self, weather: Weather) {
        let (grey, k) = match weather {
            Weather::Clear | Weather::Cloudy => return,
            Weather::Rain => (Rgb::hex(0x62_7684), 0.48),
            Weather::Storm => (Rgb::hex(0x33_4450), 0.6),
            Weather::Snow => (Rgb::hex(0xc4_d2e4), 0.22),
            Weather::Fog => (Rgb::hex(0xb8_c0c2), 0.4),
        };
        // Grey of the sky's own lightness at night, when the air is not lit.
        let level = 0.25 + 0.75 * self.sky[2].luma();
        for (i, color) in self.sky.iter_mut().enumerate() {
            let target = grey.scale(level * (0.75 + 0.16 * i as f32));
            *color = color.saturate(0.75).mix(target, k);
        }
        self.haze = self.sky[2].mix(self.sky[1], 0.35);
        self.cloud_lit = self.sky[2].mix(self.light, 0.3);
        self.cloud_shade = self.sky[0].mix(
            self.shadow,
            if weather == Weather::Storm { 0.45 } else { 0.1 },
        );
        self.ambient = self
            .ambient
            .mix(Rgb::hex(0xd4_dce4).scale(level.max(0.6)), 0.4);
    }

    fn neon(&mut self) {
        self.sky = [
            self.sky[0].mix(Rgb::hex(0x0d_0630), 0.7),
            self.sky[1].mix(Rgb::hex(0x6a_1b8c), 0.6),
            self.sky[2].mix(Rgb::hex(0xff_4f9a), 0.55),
        ];
        self.haze = self.sky[1].mix(self.sky[2], 0.55);
        self.shadow = Rgb::hex(0x0a_0524);
        self.light = Rgb::hex(0xff_d2f0);
        self.cloud_lit = Rgb::hex(0xff_6fb0);
        self.cloud_shade = Rgb::hex(0x3a_1466);
        self.lamp = Rgb::hex(0x5c_f2ff);
    }

    fn each(&mut self, f: impl Fn(Rgb) -> Rgb) {
        for color in self.sky.iter_mut().chain([
            &mut self.haze,
            &mut self.cloud_lit,
            &mut self.cloud_shade,
            &mut self.ambient,
        ]) {
            *color = f(*color);
        }
    }

    /// What a thing of colour `own` shows in this light.
    pub fn lit(&self, own: Rgb) -> Rgb {
        own.multiply(self.ambient).mix(self.shadow, self.dark)
    }

    /// A figure in this light: the eye looks for it, so it drifts less into the shade.
    pub fn shown(&self, own: Rgb) -> Rgb {
        let air = self.ambient.mix(Rgb::WHITE, 0.3);
        own.multiply(air).mix(self.shadow, self.dark * 0.55)
    }

    /// A thing at a distance: 0 is here, 1 is air.
    pub fn far(&self, color: Rgb, distance: f32) -> Rgb {
        color.mix(self.haze, distance)
    }

    /// Whether windows are lit.
    pub fn lamps(&self) -> bool {
        self.dark > 0.35
    }
}
