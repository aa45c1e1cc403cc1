//! iTerm2's inline images (<https://iterm2.com/documentation-images.html>): whole files, scaled into cells.

use std::collections::HashMap;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::Screen;
use super::kitty::sample;

impl Screen {
    /// What follows `OSC 1337 ;`.
    pub(super) fn iterm2(&mut self, command: &str) {
        if !self.profile.has_iterm2() {
            self.fault("an iTerm2 picture on a terminal that does not know it");
            return;
        }
        if let Some(file) = command.strip_prefix("File=") {
            match file.split_once(':') {
                Some((arguments, base64)) => self.file(arguments, base64),
                None => self.fault("a file without its content"),
            }
        } else if let Some(arguments) = command.strip_prefix("MultipartFile=") {
            let before = self
                .multipart
                .replace((arguments.to_owned(), String::new()));
            if before.is_some() {
                self.fault("a file within a file");
            }
        } else if let Some(part) = command.strip_prefix("FilePart=") {
            match &mut self.multipart {
                Some((_, base64)) => base64.push_str(part),
                None => self.fault("a part of no file"),
            }
        } else if command == "FileEnd" {
            match self.multipart.take() {
                Some((arguments, base64)) => self.file(&arguments, &base64),
                None => self.fault("the end of no file"),
            }
        } else {
            self.fault(&format!("unknown: OSC 1337;{command:.40}"));
        }
    }

    fn file(&mut self, arguments: &str, base64: &str) {
        self.picture_bytes += base64.len();
        self.needs_cursor();
        let keys: HashMap<&str, &str> = arguments
            .split(';')
            .filter_map(|pair| pair.split_once('='))
            .collect();
        let Ok(file) = STANDARD.decode(base64) else {
            return self.fault("not base64");
        };
        if keys
            .get("size")
            .is_some_and(|size| *size != file.len().to_string())
        {
            self.fault("the size is another");
        }
        if keys.get("inline") != Some(&"1") {
            return self.fault("a file to be saved");
        }
        let Ok(picture) = image::load_from_memory(&file) else {
            return self.fault("not a picture");
        };
        let picture = picture.into_rgba8();
        let (own_width, own_height) = picture.dimensions();
        let length = |key: &str, per: u32, cells: u16| match keys.get(key).copied() {
            None | Some("auto") => None,
            Some(text) => {
                let (text, unit) = match (text.strip_suffix("px"), text.strip_suffix('%')) {
                    (Some(px), _) => (px, 1.0),
                    (_, Some(percent)) => (percent, f64::from(u32::from(cells) * per) / 100.0),
                    _ => (text, f64::from(per)),
                };
                Some((text.parse::<f64>().unwrap_or(0.0) * unit) as u32)
            }
        };
        let width = length("width", self.cell.0, self.columns);
        let height = length("height", self.cell.1, self.rows);
        let of = |a: u32, b: u32, c: u32| (u64::from(a) * u64::from(b) / u64::from(c)) as u32;
        let (width, height) = match (width, height) {
            (Some(width), Some(height)) if keys.get("preserveAspectRatio") == Some(&"0") => {
                (width, height)
            }
            (Some(width), Some(height)) => {
                let by_width = of(width, own_height, own_width);
                if by_width <= height {
                    (width, by_width)
                } else {
                    (of(height, own_width, own_height), height)
                }
            }
            (Some(width), None) => (width, of(width, own_height, own_width)),
            (None, Some(height)) => (of(height, own_width, own_height), height),
            (None, None) => (own_width, own_height),
        };
        if width == 0 || height == 0 {
            return self.fault("a picture of no size");
        }
        if self.strict {
            let last_row = u32::from(self.rows - 1 - self.cursor.y) * self.cell.1;
            assert!(height <= last_row, "a picture in the last row scrolls");
        }
        let top = self.make_room(height);
        let crop = [0, 0, own_width, own_height];
        for y in 0..height {
            for x in 0..width {
                let color = sample(&picture, crop, (width, height), (x, y), true);
                self.paint(x, top + y, color);
            }
        }
        if keys.get("doNotMoveCursor") != Some(&"1") {
            self.cursor.y += ((height - 1) / self.cell.1) as u16;
            let right = u32::from(self.cursor.x) + width.div_ceil(self.cell.0);
            self.cursor.x = right.min(u32::from(self.columns) - 1) as u16;
        }
        self.cursor_lost = self.strict;
    }
}
