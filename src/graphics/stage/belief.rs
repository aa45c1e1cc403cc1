//! What the terminal says of the pictures that it holds, and what is made of its doubt.

use super::Stage;
use crate::domain::GraphicsKind;
use crate::graphics::held::Lost;
use crate::graphics::plan::Surface;
use crate::graphics::reply::Reply;

impl Stage {
    /// Takes an answer of the terminal. A picture that it does not have any more is sent again; answers to others are
    /// none of ours.
    pub fn reply(&mut self, reply: &Reply) {
        let Reply::KittyGraphics { id, ok, .. } = reply else {
            return;
        };
        let Some(Lost { key: lost, again }) = self.held.answer(*id, *ok) else {
            return;
        };
        if !again {
            self.failed(lost);
        }
        self.shown.lose(lost.picture, lost.area, lost.rung);
        let payload = self.cache.get(&lost);
        for pending in self.pending.iter_mut().filter(|p| p.key == lost) {
            pending.payload.clone_from(&payload);
            (pending.cells, pending.sent) = (None, 0);
        }
        self.promise_lacking();
    }

    /// The terminal may have lost pictures, or be another one: after a focus, a resumption, a reattachment. kitty is
    /// asked, and gets again what it does not have. What was painted is painted again as it is where it may not have been kept;
    /// text always is, also block characters.
    pub fn verify(&mut self) {
        match (self.caps.kind, self.surface()) {
            (GraphicsKind::Kitty, _) => self.held.doubt(),
            (GraphicsKind::Sixel | GraphicsKind::Iterm2, Surface::Painted)
                if self.caps.forgets_pictures() =>
            {
                self.shown.doubt();
                self.promise_lacking();
            }
            _ => {}
        }
    }

    /// Whether the terminal owes an answer, which a program that runs after us would take for typed keys.
    pub fn owes(&self) -> bool {
        self.held.owes()
    }

    /// A question for DA1, if the terminal owes answers: its answer comes after them, also from behind a tmux.
    pub fn fence(&self) -> Option<Vec<u8>> {
        self.owes().then(|| self.caps.route.wrap(b"\x1b[c"))
    }

    /// The bytes that take all pictures away whatever became of this stage, for the end of the program. Nothing where
    /// the text takes them away.
    pub fn farewell(&self) -> Vec<u8> {
        match self.caps.kind {
            GraphicsKind::Kitty => self.held.farewell(&self.caps),
            _ => Vec::new(),
        }
    }
}
